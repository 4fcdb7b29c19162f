package io.prism.objectstore.files;

import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Converter;
import java.util.Map;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** An object's metadata in the index: a JSON object of strings. */
@Converter
class MetadataJson implements AttributeConverter<Map<String, String>, String> {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final TypeReference<Map<String, String>> STRINGS = new TypeReference<>() {};

  @Override
  public String convertToDatabaseColumn(Map<String, String> metadata) {
    return JSON.writeValueAsString(metadata);
  }

  @Override
  public Map<String, String> convertToEntityAttribute(String json) {
    return JSON.readValue(json, STRINGS);
  }
}
