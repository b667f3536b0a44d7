#!/bin/sh
# Proves a number with curl: SEKISHO_URL=https://login.example.co.jp SEKISHO_KEY=… sh verify.sh 090-1234-5678 203.0.113.7
set -eu

call() { # METHOD PATH [BODY]; the answer and its status on two lines
  curl --silent --show-error --max-time 15 --request "$1" --header "Authorization: Bearer $SEKISHO_KEY" \
    --header "Content-Type: application/json" ${3:+--data "$3"} --write-out '\n%{http_code}' "$SEKISHO_URL/api/v1$2"
}
status() { printf '%s' "$1" | tail -n 1; }
# Ids, states and error codes hold no quotation marks, so sed is enough for them; use jq for anything else.
member() { printf '%s' "$1" | sed -n "s/.*\"$2\":\"\{0,1\}\([^\",}]*\).*/\1/p" | head -n 1; }

number=$(printf '%s' "$1" | tr -cd '0-9+ ()-')
# The address of the person, in your server that of the request: it keeps one person from having many numbers texted.
client=$(printf '%s' "${2:-}" | tr -cd '0-9a-fA-F.:')
# The same key again within a day gives the same answer: a repeated call sends nothing twice.
answer=$(curl --silent --show-error --max-time 15 --header "Authorization: Bearer $SEKISHO_KEY" --header "Content-Type: application/json" \
  --header "Idempotency-Key: $(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')" --data "{\"to\":\"$number\",\"channel\":\"sms\",\"locale\":\"ja\"${client:+,\"clientIp\":\"$client\"}}" \
  --write-out '\n%{http_code}' "$SEKISHO_URL/api/v1/verifications")
[ "$(status "$answer")" = 201 ] || { echo "送れませんでした: $(member "$answer" code)" >&2; exit 1; }
# In your server, keep the id in the session of the person, never in the browser.
id=$(member "$answer" id)

while printf '認証コード: ' && read -r code; do
  if [ "$code" = call ]; then
    answer=$(call POST "/verifications/$id/send" '{"channel":"voice"}')
    [ "$(status "$answer")" = 202 ] && echo "電話でお伝えします。" || echo "電話をかけられませんでした: $(member "$answer" code)" >&2
    continue
  fi
  answer=$(call POST "/verifications/$id/check" "{\"code\":\"$(printf '%s' "$code" | tr -cd '0-9')\"}")
  case "$(status "$answer")" in
    200) echo approved; exit 0 ;;
    422) left=$(member "$answer" attemptsLeft)
      [ -n "$left" ] && echo "違います。あと $left 回です。" >&2 || echo "6桁の数字を入力してください。" >&2 ;;
    *) echo "終わりました: $(member "$answer" code)" >&2; exit 1 ;;
  esac
done
exit 1
