/**
 * What the jobs in Redis do in one step each (Lua, run by Redis). Keys, by position: 1 the counter of places, 2 rows by
 * place, 3 places of a name by due time, 4 the pending row of each name and id, 5 failed places by time, 6 schedules.
 */
const prelude = `
local counter, rows, due, pending, failed, schedules = unpack(KEYS)
local function read(seq)
  local text = redis.call('HGET', rows, seq)
  return text and cjson.decode(text)
end
local function write(row) redis.call('HSET', rows, row.seq, cjson.encode(row)) end
local function keyOf(name, id) return cjson.encode({ name, id }) end
-- Adding takes back what was given up under this name and id.
local function forget(name, id)
  for _, seq in ipairs(redis.call('ZRANGE', failed, 0, -1)) do
    local row = read(seq)
    if row and row.name == name and row.id == id then
      redis.call('ZREM', failed, seq)
      redis.call('HDEL', rows, seq)
    end
  end
end
local function add(name, id, payload, notBefore)
  forget(name, id)
  if redis.call('HEXISTS', pending, keyOf(name, id)) == 1 then return end
  local seq = redis.call('INCR', counter)
  write({ seq = seq, name = name, id = id, payload = payload, attempts = 0, defects = 0 })
  redis.call('ZADD', due, notBefore, seq)
  redis.call('HSET', pending, keyOf(name, id), seq)
end
-- Only whoever begun the try that is under way may end it: a process that slept meanwhile finds another one's.
local function mine(seq, attempts)
  local row = read(seq)
  if row and row.attempts == tonumber(attempts) and not row.failedAt then return row end
end
`;

const script = (body: string): string => `${prelude}${body}`;

export const jobScripts = {
  /** name, id, payload, notBefore. */
  add: script('add(ARGV[1], ARGV[2], ARGV[3], ARGV[4])'),

  /** name, id of schedules, everyMs, now. */
  schedule: script(`
local name, id, everyMs, now = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
redis.call('HSET', schedules, name, everyMs)
local isThere = false
for _, seq in ipairs(redis.call('ZRANGE', due, 0, -1)) do
  local row = read(seq)
  if row and row.id == id then
    isThere = true
    local at = tonumber(redis.call('ZSCORE', due, seq))
    if row.attempts == 0 and at > now + everyMs then redis.call('ZADD', due, now + everyMs, seq) end
  end
end
if not isThere then add(name, id, 'null', now) end`),

  /** The row due first, now or later; of one id only the oldest. Answers the row and its time. */
  next: script(`
local all = redis.call('ZRANGE', due, 0, -1, 'WITHSCORES')
local oldest = {}
for n = 1, #all, 2 do
  local row = read(all[n])
  if row and (not oldest[row.id] or row.seq < oldest[row.id]) then oldest[row.id] = row.seq end
end
for n = 1, #all, 2 do
  local text = redis.call('HGET', rows, all[n])
  if text and oldest[cjson.decode(text).id] == tonumber(all[n]) then return { text, all[n + 1] } end
end`),

  /** seq, attempts before, id of schedules, now. Counts the try before it is made; answers nothing when somebody else did. */
  begin: script(`
local row = mine(ARGV[1], ARGV[2])
if not row then return end
row.attempts = row.attempts + 1
write(row)
if row.attempts == 1 then redis.call('HDEL', pending, keyOf(row.name, row.id)) end
local everyMs = redis.call('HGET', schedules, row.name)
if row.id == ARGV[3] and row.attempts == 1 and everyMs then
  add(row.name, row.id, row.payload, tonumber(ARGV[4]) + tonumber(everyMs))
end
return row.attempts`),

  /** seq, attempts. */
  finish: script(`
if mine(ARGV[1], ARGV[2]) then
  redis.call('ZREM', due, ARGV[1])
  redis.call('HDEL', rows, ARGV[1])
end`),

  /** seq, attempts, notBefore, defects. */
  retry: script(`
local row = mine(ARGV[1], ARGV[2])
if not row then return end
row.defects = tonumber(ARGV[4])
write(row)
redis.call('ZADD', due, ARGV[3], row.seq)`),

  /** seq, attempts, reason, now, how many are kept. */
  fail: script(`
local row = mine(ARGV[1], ARGV[2])
if not row then return end
row.reason, row.failedAt = ARGV[3], tonumber(ARGV[4])
write(row)
redis.call('ZREM', due, row.seq)
redis.call('ZADD', failed, row.failedAt, row.seq)
for _, seq in ipairs(redis.call('ZRANGE', failed, 0, -1 - tonumber(ARGV[5]))) do
  redis.call('ZREM', failed, seq)
  redis.call('HDEL', rows, seq)
end`),

  /** Newest first. */
  failed: script(`
local found = {}
for _, seq in ipairs(redis.call('ZREVRANGE', failed, 0, -1)) do
  local text = redis.call('HGET', rows, seq)
  if text then table.insert(found, text) end
end
return found`),
} as const;
