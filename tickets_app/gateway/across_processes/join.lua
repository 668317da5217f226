-- Begin a request to Copper for all, or wait for the one who has begun it. Gives 1 to whoever shall make it, else 0;
-- to who waited already, what became of it, if that is known by now.
-- KEYS: processes alive (until when, ms), the request under way, who waits for it with which question, what became of the last one.
-- ARGV: process, its lease in ms, how long a request can take at most in ms, 1 for who waited already, the number of its question.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local leader = redis.call('GET', KEYS[2])
if leader and leader ~= ARGV[1] and tonumber(redis.call('ZSCORE', KEYS[1], leader) or 0) > now then
    redis.call('HSET', KEYS[3], ARGV[1], ARGV[5])
    redis.call('PEXPIRE', KEYS[3], ARGV[3])
    return 0
end
local message = ARGV[4] == '1' and redis.call('GET', KEYS[4])
if message then
    return message -- it is in the inbox too, but not read yet
end
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[3])
redis.call('DEL', KEYS[4])
return 1
