-- One process tells its account of slots (tickets_app/copper/http/slots.py); free slots are given out to whoever waits.
-- Also the sign that the process lives. Gives the slots it was ever granted.
-- KEYS: processes alive (until when, ms), accounts.
-- ARGV: process, its lease in ms, granted, returned, target, limit, what inboxes' names begin with, their lifetime in ms,
-- how many of its requests wait with each urgency, the most urgent first.
local PASSED_AT_MOST = 4 -- as in tickets_app/copper/http/turns.py
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
mine.told, mine.waiting = tonumber(ARGV[3]), {}
for i = 9, #ARGV do
    mine.waiting[i - 8] = tonumber(ARGV[i])
end
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

-- How urgent the next request of a process is: what it was given since it told goes to its most urgent ones.
local function urgency_of(account)
    local before = account.granted - (account.told or account.granted)
    local waiting = account.waiting or {}
    for urgency = 1, #waiting do
        before = before - waiting[urgency]
        if before < 0 then
            return urgency
        end
    end
    return #waiting + 1
end

-- A free slot goes to the process with the most urgent request (or to one that was passed over for that too often), then to the one
-- that holds the fewest, then to the one that got none for the longest time.
local function is_before(one, other)
    for i = 1, #one do
        if one[i] ~= other[i] then
            return one[i] < other[i]
        end
    end
    return false
end

while held < limit do
    local best, place, wanting = nil, nil, {}
    for _, account in pairs(accounts) do
        if account.target > account.granted then
            local urgency, passed = urgency_of(account), account.passed or 0
            wanting[account] = urgency
            local its = {passed >= PASSED_AT_MOST and 0 or urgency, account.granted - account.returned, account.turn}
            if not best or is_before(its, place) then
                best, place = account, its
            end
        end
    end
    if not best then
        break
    end
    for account, urgency in pairs(wanting) do
        if urgency > wanting[best] then
            account.passed, account.changed = (account.passed or 0) + 1, true
        end
    end
    turn, held, best.passed = turn + 1, held + 1, 0
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
