package io.prism.cache.redis;

import io.prism.cache.domain.AnswerRoom;
import io.prism.redis.Allowance;

/** The room of an answer, as reads of several values take it. */
record ShareAllowance(AnswerRoom.Share room) implements Allowance {

  @Override
  public long granted() {
    return room.size();
  }

  @Override
  public boolean extend() {
    return room.extend();
  }

  @Override
  public RuntimeException exceeded() {
    return room.exceeded();
  }
}
