-- A request to Copper is done: tell what became of it to all processes that wait.
-- KEYS: the request under way, who waits for it with which question, what became of it.
-- ARGV: process, message (a JSON object; who reads it finds the number of its own question there, too), what inboxes' names begin with, their lifetime in ms, how long the message is kept besides in ms.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
    return 0 -- it was taken for dead, and another made the request as well
end
local waiting = redis.call('HGETALL', KEYS[2])
for i = 1, #waiting, 2 do
    local inbox = ARGV[3] .. waiting[i]
    redis.call('RPUSH', inbox, '{"question": ' .. waiting[i + 1] .. ', ' .. string.sub(ARGV[2], 2))
    redis.call('PEXPIRE', inbox, ARGV[4])
end
if #waiting > 0 then
    redis.call('SET', KEYS[3], ARGV[2], 'PX', ARGV[5])
end
redis.call('DEL', KEYS[1], KEYS[2])
return 1 -- anything: nothing would mean that Redis is away
