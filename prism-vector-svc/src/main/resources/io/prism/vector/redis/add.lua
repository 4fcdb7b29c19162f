-- Stores a vector, if the index is still the one that the caller knows.
-- KEYS: what is known of the index, its vector set
-- ARGV: what the caller knows, vector, id, attributes, quantization, EF, M
-- Returns 1: added, 0: replaced, -1: the index is another one
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return -1
end
return redis.call('VADD', KEYS[2], 'FP32', ARGV[2], ARGV[3], ARGV[5], 'EF', ARGV[6], 'SETATTR', ARGV[4], 'M', ARGV[7])
