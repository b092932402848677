-- Asks for the paths of a file in turn, and prints what became of it as one line of JSON.
local paths, at = {}, 0

function init(args)
  for line in io.lines(args[1]) do paths[#paths + 1] = line end
end

function request()
  at = at % #paths + 1
  return wrk.format("GET", paths[at])
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('{"requests": %d, "seconds": %f, "p95": %f, "errors": %d}\n', summary.requests,
    summary.duration / 1e6, latency:percentile(95) / 1e3, errors.connect + errors.read + errors.status + errors.timeout))
end
