-- A request to Copper is done: tell what became of it to all processes that wait.
-- KEYS: the request under way, who waits for it, what became of it.
-- ARGV: process, message, what inboxes' names begin with, their lifetime in ms, how long the message is kept besides in ms.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
    return 0 -- it was taken for dead, and another made the request as well
end
local waiting = redis.call('SMEMBERS', KEYS[2])
for _, process in ipairs(waiting) do
    redis.call('RPUSH', ARGV[3] .. process, ARGV[2])
    redis.call('PEXPIRE', ARGV[3] .. process, ARGV[4])
end
if #waiting > 0 then
    redis.call('SET', KEYS[3], ARGV[2], 'PX', ARGV[5])
end
redis.call('DEL', KEYS[1], KEYS[2])
return #waiting
