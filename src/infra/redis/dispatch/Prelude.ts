/**
 * What the scripts have in common. Needs Redis 6.2.
 *
 * - `high`, `normal`, `low`, `adopted`: streams of jobs with the consumer group `workers`; entry ids are `<sequence>-0`, so that
 *   they tell who came first across streams. What the group has not delivered yet waits for its first worker. What it has
 *   delivered is pending: of the consumer `held` until its idle time, which each renewal resets, reaches the lease; or of `returned`.
 * - `jobs`: hash of conversation to `stream entry fence state since token worker`; `bodies`: of conversation to the job as JSON.
 * - `sequence`, `turns` (claims of jobs that waited) and `fence` are counters; `holds` the last holding times in milliseconds.
 *
 * Arguments: the lease in milliseconds, the channel of the bell, then the script's own.
 */
export const prelude = `
local lease = tonumber(ARGV[1])
local streams = { high = KEYS[1], normal = KEYS[2], low = KEYS[3], adopted = KEYS[4] }
local names = { 'high', 'normal', 'low', 'adopted' }
local jobs, bodies, sequence, turns, fences, holds = KEYS[5], KEYS[6], KEYS[7], KEYS[8], KEYS[9], KEYS[10]
local group = 'workers'
local holdsMax = 50
local fairEvery = 5

for _, key in pairs(streams) do
  if redis.call('EXISTS', key) == 0 then redis.call('XGROUP', 'CREATE', key, group, '0', 'MKSTREAM') end
end

local function text(number) return string.format('%.0f', number) end
local function age(entry) return tonumber(string.match(entry, '^%d+')) end
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
local function ring() redis.call('PUBLISH', ARGV[2], '1') end

local function read(id)
  local line = redis.call('HGET', jobs, id)
  if not line then return nil end
  local stream, entry, fence, state, since, token, worker =
    string.match(line, '^(%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (.*)$')
  return { stream = stream, entry = entry, fence = tonumber(fence), state = state, since = tonumber(since),
    token = token, worker = worker }
end
local function write(id, job)
  redis.call('HSET', jobs, id, table.concat(
    { job.stream, job.entry, text(job.fence), job.state, text(job.since), job.token, job.worker }, ' '))
end

local function add(id, stream)
  local entry = text(redis.call('INCR', sequence)) .. '-0'
  redis.call('XADD', streams[stream], entry, 'id', id)
  return { stream = stream, entry = entry, fence = 0, state = 'waiting', since = 0, token = '-', worker = '' }
end
local function remove(id, job)
  redis.call('XACK', streams[job.stream], group, job.entry)
  redis.call('XDEL', streams[job.stream], job.entry)
  redis.call('HDEL', jobs, id)
  redis.call('HDEL', bodies, id)
end

local function touch(job, consumer)
  redis.call('XCLAIM', streams[job.stream], group, consumer, '0', job.entry, 'JUSTID')
end
local function give(id, job)
  touch(job, 'returned')
  job.state = 'returned'
  write(id, job)
end
-- Not smaller than the time: a fence goes on growing when these keys were lost in between.
local function hold(id, job, worker, token)
  local time = now()
  job.fence = math.max(tonumber(redis.call('GET', fences) or '0') + 1, time)
  redis.call('SET', fences, text(job.fence))
  job.state, job.since, job.token, job.worker = 'held', time, token, worker
  write(id, job)
end
local function holds_now(job)
  if job.state ~= 'held' then return false end
  local pending = redis.call('XPENDING', streams[job.stream], group, job.entry, job.entry, '1')[1]
  return pending ~= nil and pending[3] < lease
end

-- The entries that go before all that wait, the oldest first, and how many are held.
local function survey()
  local front, held = {}, 0
  for _, name in ipairs(names) do
    local key = streams[name]
    local total = redis.call('XPENDING', key, group)[1]
    if total > 0 then
      local returned = redis.call('XPENDING', key, group, '-', '+', total, 'returned')
      local lapsed = redis.call('XPENDING', key, group, 'IDLE', lease, '-', '+', total, 'held')
      for _, pending in ipairs(returned) do front[#front + 1] = pending[1] end
      for _, pending in ipairs(lapsed) do front[#front + 1] = pending[1] end
      held = held + total - #returned - #lapsed
    end
  end
  table.sort(front, function(one, other) return age(one) < age(other) end)
  return front, held
end
local function waiting(held)
  local count = -held
  for _, name in ipairs(names) do count = count + redis.call('XLEN', streams[name]) end
  return count
end

-- What the group has not delivered yet, the oldest first, up to an entry ('+': all).
local function undelivered(name, last, count)
  local info = redis.call('XINFO', 'GROUPS', streams[name])[1]
  local delivered
  for index = 1, #info, 2 do
    if info[index] == 'last-delivered-id' then delivered = info[index + 1] end
  end
  if count then return redis.call('XRANGE', streams[name], '(' .. delivered, last, 'COUNT', count) end
  return redis.call('XRANGE', streams[name], '(' .. delivered, last)
end
-- Whose turn it is, of the heads of high, normal and low: the highest, but at every fifth turn the oldest.
local function choose(heads, turn)
  local chosen
  for index = 1, 3 do
    local head = heads[index]
    if head and (not chosen or (turn % fairEvery == 0 and age(head[1]) < age(heads[chosen][1]))) then chosen = index end
  end
  return chosen
end

local function position(job, front)
  for index, entry in ipairs(front) do
    if entry == job.entry then return index end
  end
  -- Only what may be served before it: all that is higher, and of what is lower a fifth of them all.
  local lines, before, own = {}, 0, false
  for index = 1, 3 do
    local name = names[index]
    if own then
      lines[index] = undelivered(name, '+', math.floor(before / 4) + 2)
    else
      own = name == job.stream
      lines[index] = undelivered(name, own and job.entry or '+')
    end
    before = before + #lines[index]
  end
  local at, turn, count = { 1, 1, 1 }, tonumber(redis.call('GET', turns) or '0'), #front
  while true do
    turn, count = turn + 1, count + 1
    local heads = { lines[1][at[1]], lines[2][at[2]], lines[3][at[3]] }
    local chosen = choose(heads, turn)
    if not chosen or heads[chosen][1] == job.entry then return count end
    at[chosen] = at[chosen] + 1
  end
end
local function estimate(position, held)
  local times = redis.call('LRANGE', holds, '0', '-1')
  if #times == 0 or held == 0 then return '' end
  local sum = 0
  for _, time in ipairs(times) do sum = sum + time end
  return text(position * sum / #times / held)
end
local function place(id)
  local job = read(id)
  if not job then return { 'Unknown' } end
  if holds_now(job) then return { 'Held', job.worker, text(job.fence) } end
  local front, held = survey()
  local number = position(job, front)
  return { 'Waiting', text(number), estimate(number, held) }
end
`
