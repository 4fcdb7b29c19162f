-- Looks entries up; of those that are not there, each is leased to the caller unless somebody else loads it.
-- KEYS: per entry its value, absence, lease and fence. ARGV: token, milliseconds of a lease, the tag with which values
-- and absences of the variant that is asked for begin; those of others are as good as none; '1' for values, '0' to
-- answer with 5, as if somebody loaded them, where there are any.
local found = {}
for i = 1, #KEYS, 4 do
  local value = redis.call('GET', KEYS[i])
  if value and string.sub(value, 1, #ARGV[3]) == ARGV[3] then
    found[#found + 1] = ARGV[4] == '1' and {1, value, redis.call('PTTL', KEYS[i])} or {5}
  elseif redis.call('GET', KEYS[i + 1]) == ARGV[3] then
    found[#found + 1] = {2}
  elseif redis.call('EXISTS', KEYS[i + 3]) == 1 then
    found[#found + 1] = {3}
  else
    local lease = redis.call('GET', KEYS[i + 2])
    -- An empty one only keeps others from renewing a copy, which is gone or of another variant.
    if not lease or lease == '' then
      redis.call('SET', KEYS[i + 2], ARGV[1], 'PX', ARGV[2])
      found[#found + 1] = {4}
    else
      found[#found + 1] = {5}
    end
  end
end
return found
