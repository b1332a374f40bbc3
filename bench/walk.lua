-- Walks over the requests in a file: a line each, path and access token with a space between. Arguments: the file, and
-- after how many lines to begin.
local requests = {}
local last

function init(arguments)
  for line in io.lines(arguments[1]) do
    local path, token = line:match("^(%S+) (%S+)$")
    requests[#requests + 1] = wrk.format("GET", path, { ["Authorization"] = "Bearer " .. token })
  end
  last = tonumber(arguments[2])
end

function request()
  last = last % #requests + 1
  return requests[last]
end
