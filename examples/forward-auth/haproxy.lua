-- Asks Sekisho who a request is from, and writes the answer into the request and into variables of its transaction.
local ADDRESS = "http://127.0.0.1:3000/api/forward-auth"
local PASSED = { "cookie", "accept", "accept-language", "user-agent", "sec-fetch-mode", "sec-fetch-dest", "sec-websocket-key", "x-requested-with" }
local ANSWERED = { "remote-user", "remote-email", "remote-groups", "remote-acr", "sekisho-assertion" }

core.register_action("sekisho", { "http-req" }, function(txn)
    local sent = txn.http:req_get_headers()
    local headers = {
        ["x-forwarded-method"] = { txn.sf:method() },
        ["x-forwarded-proto"] = { txn.f:ssl_fc() and "https" or "http" },
        ["x-forwarded-host"] = { txn.sf:req_hdr("host") },
        -- Whole: what is captured for logs ends after 1023 bytes.
        ["x-forwarded-uri"] = { txn.sf:pathq() },
        ["x-forwarded-for"] = { txn.sf:src() },
    }
    for _, name in ipairs(PASSED) do
        if sent[name] then headers[name] = { sent[name][0] } end
    end
    local answer = core.httpclient():get({ url = ADDRESS, headers = headers })
    local status = answer and answer.status or 0
    local function first(name)
        local values = answer and answer.headers and answer.headers[name]
        return values and values[0] or ""
    end
    txn:set_var("txn.sekisho", tostring(status))
    if status == 303 then txn:set_var("txn.sekisho_lead", first("location")) end
    if status == 200 then
        for _, name in ipairs(ANSWERED) do txn.http:req_set_header(name, first(name)) end
    end
end)
