-- Leases an entry that is there, to load it anew. KEYS: lease, fence. ARGV: token, milliseconds.
if redis.call('EXISTS', KEYS[2]) == 1 then
  return 0
end
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then
  return 1
end
return 0
