-- Asks Sekisho who a request is from, and writes the answer into the request.
local http = require("socket.http")
-- The question is about this host, whatever a client names.
local HOST = "app.example.co.jp"
local ADDRESS = "http://127.0.0.1:3000/api/forward-auth"
local PASSED = { "Cookie", "Accept", "Accept-Language", "User-Agent", "Sec-Fetch-Mode", "Sec-Fetch-Dest", "Sec-WebSocket-Key", "X-Requested-With" }
local ANSWERED = { "Remote-User", "Remote-Email", "Remote-Groups", "Remote-Acr", "Sekisho-Assertion" }
http.TIMEOUT = 5

function check(r)
    -- What a client sends under these names goes first, in every spelling.
    for name in pairs(r:headers_in_table()) do
        local plain = name:lower():gsub("_", "-")
        if plain:match("^remote%-") or plain:match("^sekisho%-") or plain:match("^x%-forwarded%-") or plain == "forwarded" then r.headers_in[name] = nil end
    end
    -- mod_proxy writes X-Forwarded-Host and -For itself.
    r.headers_in["X-Forwarded-Proto"] = r.is_https and "https" or "http"
    if r.uri:sub(1, 10) == "/.sekisho/" then return apache2.DECLINED end
    local headers = {
        ["X-Forwarded-Method"] = r.method,
        ["X-Forwarded-Proto"] = r.is_https and "https" or "http",
        ["X-Forwarded-Host"] = HOST,
        ["X-Forwarded-Uri"] = r.unparsed_uri,
        ["X-Forwarded-For"] = r.useragent_ip,
    }
    for _, name in ipairs(PASSED) do headers[name] = r.headers_in[name] end
    local done, status, answer = http.request({ url = ADDRESS, headers = headers, redirect = false, sink = function() return 1 end })
    if not done then return 503 end
    if status == 200 then
        for _, name in ipairs(ANSWERED) do r.headers_in[name] = answer[name:lower()] or "" end
        return apache2.DECLINED
    end
    if status == 303 then r.err_headers_out["Location"] = answer["location"] end
    return (status == 303 or status == 401 or status == 403) and status or 503
end
