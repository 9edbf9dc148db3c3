import * as Script from "../Script.ts"
import { prelude } from "./Prelude.ts"

const script = (body: string) => Script.make(prelude + body)

/** id, priority, body, waitingMax. Answers `Full` or the place. */
export const enqueue = script(`
local id, priority, body, max = ARGV[3], ARGV[4], ARGV[5], tonumber(ARGV[6])
if not read(id) then
  local _, held = survey()
  if waiting(held) >= max then return { 'Full' } end
  redis.call('HSET', bodies, id, body)
  write(id, add(id, priority))
  ring()
end
return place(id)`)

/**
 * worker, token, `1` where lapsed leases are left alone. KEYS[11]: the claim's. Answers nothing, or body and fence. The same
 * token takes nothing more as long as it holds what it took.
 */
export const claim = script(`
local worker, token, patient = ARGV[3], ARGV[4], ARGV[5] == '1'
local known = redis.call('GET', KEYS[11])
local taken = known and read(known)
if taken and taken.state == 'held' and taken.token == token then
  touch(taken, 'held')
  return { redis.call('HGET', bodies, known), text(taken.fence) }
end

local function front()
  local first, from
  local function see(key, pending)
    if pending and (not first or age(pending[1]) < age(first)) then first, from = pending[1], key end
  end
  for _, name in ipairs(names) do
    local key = streams[name]
    see(key, redis.call('XPENDING', key, group, '-', '+', '1', 'returned')[1])
    if not patient then see(key, redis.call('XPENDING', key, group, 'IDLE', lease, '-', '+', '1', 'held')[1]) end
  end
  if first then return redis.call('XCLAIM', from, group, 'held', '0', first)[1] end
end
local function back()
  local heads = { undelivered('high', '+', 1)[1], undelivered('normal', '+', 1)[1], undelivered('low', '+', 1)[1] }
  local chosen = choose(heads, tonumber(redis.call('GET', turns) or '0') + 1)
  if not chosen then return nil end
  redis.call('INCR', turns)
  local delivered = redis.call('XREADGROUP', 'GROUP', group, 'held', 'COUNT', '1', 'STREAMS', streams[names[chosen]], '>')
  return delivered[1][2][1]
end

local entry = front() or back()
if not entry then return {} end
local id = entry[2][2]
local job = read(id)
hold(id, job, worker, token)
redis.call('SET', KEYS[11], id, 'PX', lease)
return { redis.call('HGET', bodies, id), text(job.fence) }`)

/** id, body, worker, token. Answers `Held` and the fence of whoever holds it, or `Taken`, body and fence. */
export const adopt = script(`
local id, body, worker, token = ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local job = read(id)
if job and holds_now(job) then
  if job.token ~= token then return { 'Held', text(job.fence) } end
  touch(job, 'held')
  return { 'Taken', redis.call('HGET', bodies, id), text(job.fence) }
end
if job and job.state == 'waiting' then
  -- A group delivers in order: out of the middle of a line nothing can be taken but by leaving it.
  redis.call('XDEL', streams[job.stream], job.entry)
  job = nil
end
if job then
  redis.call('XCLAIM', streams[job.stream], group, 'held', '0', job.entry)
else
  job = add(id, 'adopted')
  redis.call('HSETNX', bodies, id, body)
  redis.call('XREADGROUP', 'GROUP', group, 'held', 'COUNT', '1', 'STREAMS', streams.adopted, '>')
end
hold(id, job, worker, token)
return { 'Taken', redis.call('HGET', bodies, id), text(job.fence) }`)

/** id, fence. Answers 1, or 0 where the lease is lost. */
export const renew = script(`
local job = read(ARGV[3])
if not job or job.state ~= 'held' or job.fence ~= tonumber(ARGV[4]) then return 0 end
touch(job, 'held')
return 1`)

/** id, fence, how long it is remembered in milliseconds. KEYS[11]: the job's end. Answers as `renew`. */
export const complete = script(`
local id, fence, remember = ARGV[3], ARGV[4], ARGV[5]
if redis.call('GET', KEYS[11]) == fence then return 1 end
local job = read(id)
if not job or job.state ~= 'held' or job.fence ~= tonumber(fence) then return 0 end
remove(id, job)
redis.call('SET', KEYS[11], fence, 'PX', remember)
redis.call('LPUSH', holds, text(math.max(0, now() - job.since)))
redis.call('LTRIM', holds, '0', holdsMax - 1)
return 1`)

/** id, fence. Answers as `renew`. */
export const release = script(`
local id = ARGV[3]
local job = read(id)
if not job or job.fence ~= tonumber(ARGV[4]) then return 0 end
if job.state == 'returned' then return 1 end
give(id, job)
ring()
return 1`)

/** worker. Answers the ids. */
export const releaseAll = script(`
local worker, given = ARGV[3], {}
for _, name in ipairs(names) do
  local total = redis.call('XPENDING', streams[name], group)[1]
  if total > 0 then
    for _, pending in ipairs(redis.call('XPENDING', streams[name], group, '-', '+', total, 'held')) do
      local id = redis.call('XRANGE', streams[name], pending[1], pending[1])[1][2][2]
      local job = read(id)
      if job.worker == worker then
        give(id, job)
        given[#given + 1] = id
      end
    end
  end
end
if #given > 0 then ring() end
return given`)

/** id. */
export const withdraw = script(`
local job = read(ARGV[3])
if job then remove(ARGV[3], job) end
return 1`)

/** id. */
export const place = script(`return place(ARGV[3])`)

/** Answers how many wait and how many are held. */
export const statistics = script(`
local _, held = survey()
return { waiting(held), held }`)
