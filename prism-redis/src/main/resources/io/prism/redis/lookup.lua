-- Looks entries up; of those that are not there, each is leased to the caller unless somebody else loads it.
-- KEYS: per entry its value, absence, lease and fence. ARGV: token, milliseconds of a lease.
local found = {}
for i = 1, #KEYS, 4 do
  local value = redis.call('GET', KEYS[i])
  if value then
    found[#found + 1] = {1, value, redis.call('PTTL', KEYS[i])}
  elseif redis.call('EXISTS', KEYS[i + 1]) == 1 then
    found[#found + 1] = {2}
  elseif redis.call('EXISTS', KEYS[i + 3]) == 1 then
    found[#found + 1] = {3}
  elseif redis.call('SET', KEYS[i + 2], ARGV[1], 'NX', 'PX', ARGV[2]) then
    found[#found + 1] = {4}
  else
    found[#found + 1] = {5}
  end
end
return found
