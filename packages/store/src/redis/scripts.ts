/**
 * Every operation is one script: atomic, one round trip, and the same whether it runs once or twice. They are sent whole
 * (EVAL) and not by their digest: a server that forgot them (a restart, a replica that took over) then needs no second
 * try, which would come after what was sent meanwhile. All keys of a script have one hash tag.
 * What needs memory is written first: only the first write of a script is refused for want of it.
 */

const now = `local t = redis.call('TIME') local now = t[1] * 1000 + math.floor(t[2] / 1000)`

/** What belongs to a session lives as long as it does: KEYS 2 to 5. */
const keep = `
local function keep(ttl)
  redis.call('PEXPIRE', KEYS[2], ttl)
  for i = 3, 5 do
    local left = redis.call('PTTL', KEYS[i])
    if left >= 0 and left < ttl then redis.call('PEXPIRE', KEYS[i], ttl) end
  end
end`

const session = `
local function session()
  local found = redis.call('HMGET', KEYS[1], 'v', 'd')
  if not found[1] or not found[2] then return {} end
  return { found[1], found[2], now + redis.call('PTTL', KEYS[1]) }
end`

/** KEYS: session. */
export const readSession = `${now} ${session} return session()`

/** KEYS: session, requests, logs. ARGV: version, bytes, ttl, any|absent|version, expected. */
export const writeSession = `${now} ${session} ${keep}
local current = redis.call('HGET', KEYS[1], 'v')
if current == ARGV[1] then return 1 end
if (ARGV[4] == 'absent' and current) or (ARGV[4] == 'version' and current ~= ARGV[5]) then return session() end
redis.call('HSET', KEYS[1], 'v', ARGV[1], 'd', ARGV[2])
if not current then redis.call('DEL', KEYS[2]) end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
keep(tonumber(ARGV[3]))
return 1`

/** KEYS: session, requests, logs. */
export const deleteSession = `
local existed = redis.call('DEL', KEYS[1])
redis.call('DEL', KEYS[2], KEYS[3], KEYS[4], KEYS[5])
return existed`

/** KEYS: session, requests, logs. ARGV: ttl. */
export const touchSession = `${keep}
if redis.call('PEXPIRE', KEYS[1], ARGV[1]) == 0 then return 0 end
keep(tonumber(ARGV[1]))
return redis.call('HGET', KEYS[1], 'v')`

/** KEYS: session, requests, logs. ARGV: ttl, field, bytes, limit. */
export const startRequest = `${keep}
if redis.call('PEXPIRE', KEYS[1], ARGV[1]) == 0 then return 0 end
local full = redis.call('HLEN', KEYS[2]) >= tonumber(ARGV[4]) and redis.call('HEXISTS', KEYS[2], ARGV[2]) == 0
if not full then redis.call('HSET', KEYS[2], ARGV[2], ARGV[3]) end
keep(tonumber(ARGV[1]))
return full and 2 or redis.call('HGET', KEYS[1], 'v')`

/** KEYS: session, requests. */
export const requestsInFlight = `
if redis.call('EXISTS', KEYS[1]) == 0 then return {} end
return redis.call('HGETALL', KEYS[2])`

/** KEYS: lease. ARGV: owner, ttl. */
export const acquireLease = `${now}
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return holder end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return now + ARGV[2]`

/** KEYS: lease. ARGV: owner, ttl. */
export const renewLease = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`

/** KEYS: lease. ARGV: owner. */
export const releaseLease = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`

/** KEYS: group. ARGV: member, ttl, limit. */
export const admit = `${now}
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then return 0 end
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 1`

/** KEYS: log, sizes, session. ARGV: stream, label, bytes, log's name, maxEvents, maxBytes, maxAge, 1 if sent again. */
export const appendEvent = `${now}
if ARGV[8] == '1' then
  for _, entry in ipairs(redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 100)) do
    if entry[2][4] == ARGV[2] then return 1 end
  end
end
redis.call('XADD', KEYS[1], '*', 's', ARGV[1], 'l', ARGV[2], 'm', ARGV[3])
local count = redis.call('XLEN', KEYS[1])
if count == 1 then redis.call('HDEL', KEYS[2], ARGV[4]) end
local bytes = redis.call('HINCRBY', KEYS[2], ARGV[4], #ARGV[3])
while count > 1 do
  local oldest = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
  local storedAt = tonumber(string.match(oldest[1], '^%d+'))
  if count <= tonumber(ARGV[5]) and bytes <= tonumber(ARGV[6]) and storedAt >= now - ARGV[7] then break end
  redis.call('XDEL', KEYS[1], oldest[1])
  bytes = redis.call('HINCRBY', KEYS[2], ARGV[4], -#oldest[2][6])
  count = count - 1
end
local ttl = math.max(tonumber(ARGV[7]), redis.call('PTTL', KEYS[3]))
for i = 1, 2 do
  if redis.call('PTTL', KEYS[i]) < ttl then redis.call('PEXPIRE', KEYS[i], ttl) end
end
return 1`

/** KEYS: log. ARGV: stream, label or '', limit. What is of other streams does not leave the server. */
export const readEvents = `
local limit = tonumber(ARGV[3])
local found, events, start = ARGV[2] == '', {}, '-'
while true do
  local page = redis.call('XRANGE', KEYS[1], start, '+', 'COUNT', 100)
  for _, entry in ipairs(page) do
    local fields = entry[2]
    if fields[2] == ARGV[1] then
      if fields[4] == ARGV[2] then
        found, events = true, {}
      elseif #events <= 2 * limit then
        events[#events + 1] = fields[4]
        events[#events + 1] = fields[6]
      elseif found then
        return { 1, events }
      end
    end
  end
  if #page < 100 then return { found and 1 or 0, events } end
  start = '(' .. page[#page][1]
end`

/** KEYS: bus. ARGV: to, bytes, id, kept at most, kept for ms, 1 if sent again. */
export const publish = `${now}
if ARGV[6] == '1' then
  for _, entry in ipairs(redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 100)) do
    if entry[2][6] == ARGV[3] then return entry[1] end
  end
end
local id = redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[4], '*', 't', ARGV[1], 'm', ARGV[2], 'i', ARGV[3])
redis.call('XTRIM', KEYS[1], 'MINID', '~', string.format('%.0f', now - ARGV[5]))
redis.call('PEXPIRE', KEYS[1], 10 * ARGV[5])
return id`
