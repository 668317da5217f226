-- One process tells its account of slots (tickets_app/copper/http/slots.py); free slots are given out to whoever waits.
-- Also the sign that the process lives. Gives the slots it was ever granted.
-- KEYS: processes alive (until when, ms), accounts.
-- ARGV: process, its lease in ms, granted, returned, target, limit, what inboxes' names begin with, their lifetime in ms.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local me = ARGV[1]

-- The dead hold nothing.
for _, process in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now)) do
    redis.call('ZREM', KEYS[1], process)
    redis.call('HDEL', KEYS[2], process)
end
redis.call('ZADD', KEYS[1], now + ARGV[2], me)

local accounts, flat = {}, redis.call('HGETALL', KEYS[2])
for i = 1, #flat, 2 do
    accounts[flat[i]] = cjson.decode(flat[i + 1])
end
local mine = accounts[me] or {granted = 0, turn = 0}
mine.granted = math.max(mine.granted, tonumber(ARGV[3])) -- it knows more than we do after we were emptied
mine.returned, mine.target, mine.limit = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
mine.changed = true
accounts[me] = mine

-- The lowest limit holds of those that hold or want any: who was told 429 slows all down.
local limit, held, turn = math.huge, 0, 0
for _, account in pairs(accounts) do
    local holds = account.granted - account.returned
    if holds > 0 or account.target > account.granted then
        limit = math.min(limit, account.limit)
    end
    held, turn = held + holds, math.max(turn, account.turn)
end

-- A free slot goes to the process that holds the fewest, then to the one that got none for the longest time.
while held < limit do
    local best, holds
    for _, account in pairs(accounts) do
        local has = account.granted - account.returned
        if account.target > account.granted and (not best or has < holds or (has == holds and account.turn < best.turn)) then
            best, holds = account, has
        end
    end
    if not best then
        break
    end
    turn, held = turn + 1, held + 1
    best.granted, best.turn, best.changed, best.given = best.granted + 1, turn, true, true
end

for process, account in pairs(accounts) do
    if account.changed then
        if account.given and process ~= me then
            redis.call('RPUSH', ARGV[7] .. process, cjson.encode({slots = account.granted}))
            redis.call('PEXPIRE', ARGV[7] .. process, ARGV[8])
        end
        account.changed, account.given = nil, nil
        redis.call('HSET', KEYS[2], process, cjson.encode(account))
    end
end
for _, key in ipairs(KEYS) do
    redis.call('PEXPIRE', key, 30 * ARGV[2])
end
return mine.granted
