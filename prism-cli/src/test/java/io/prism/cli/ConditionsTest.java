package io.prism.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Value;
import io.prism.reader.v1.FieldFilter;
import io.prism.reader.v1.FieldFilter.Operator;
import io.prism.reader.v1.Filter;
import io.prism.reader.v1.Sort.Direction;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConditionsTest {

  @ParameterizedTest
  @CsvSource({
    "age>=18, age, OPERATOR_GREATER_THAN_OR_EQUALS, 18",
    "age<18, age, OPERATOR_LESS_THAN, 18",
    "name=Ada, name, OPERATOR_EQUALS, Ada",
    "name!=Ada, name, OPERATOR_NOT_EQUALS, Ada",
    "name^=A, name, OPERATOR_STARTS_WITH, A",
    "name$=a, name, OPERATOR_ENDS_WITH, a",
    "name*=d, name, OPERATOR_CONTAINS, d",
    "formula=a=b, formula, OPERATOR_EQUALS, a=b"
  })
  void aConditionIsAFieldAnOperatorAndAValue(
      String text, String field, Operator operator, String value) {
    FieldFilter filter = Conditions.all(List.of(text)).orElseThrow().getField();

    assertThat(filter.getField()).isEqualTo(field);
    assertThat(filter.getOp()).isEqualTo(operator);
    assertThat(Output.text(filter.getValue())).isEqualTo(value);
    assertThat(filter.getValue().hasNumberValue()).as("a number").isEqualTo(value.equals("18"));
  }

  @Test
  void severalHaveToHoldTogether() {
    Filter filter = Conditions.all(List.of("a=1", "b=2")).orElseThrow();

    assertThat(filter.getComposite().getFiltersList()).hasSize(2);
    assertThat(Conditions.all(List.of())).isEmpty();
  }

  @Test
  void rowsAreSortedUpwardsUnlessToldOtherwise() {
    assertThat(Conditions.sort("name").getDirection()).isEqualTo(Direction.DIRECTION_ASC);
    assertThat(Conditions.sort("name:desc").getDirection()).isEqualTo(Direction.DIRECTION_DESC);
  }

  @ParameterizedTest
  @CsvSource({
    "12, NUMBER_VALUE",
    "true, BOOL_VALUE",
    "null, NULL_VALUE",
    "12 o'clock, STRING_VALUE",
    "'\"12\"', STRING_VALUE",
    "text, STRING_VALUE"
  })
  void valuesAreWhatTheyReadAs(String text, Value.KindCase kind) {
    assertThat(Input.value(text).getKindCase()).isEqualTo(kind);
  }
}
