-- The values of keys, one after the other as long as they fit; a key without one has false.
-- ARGV: bytes that they may have together.
local left = tonumber(ARGV[1])
local found = {}
for i = 1, #KEYS do
  local value = redis.call('GET', KEYS[i])
  if value then
    left = left - #value
    if left < 0 then
      return found
    end
  end
  found[i] = value
end
return found
