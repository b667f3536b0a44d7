// Proves a number with Java 17 or later, no packages: SEKISHO_URL=https://login.example.co.jp SEKISHO_KEY=… java Verify.java 090-1234-5678 203.0.113.7

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

public class Verify {
    private static final HttpClient CLIENT = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    /** Calls the API; a refusal is an answer. */
    private static HttpResponse<String> call(String path, String body, String idempotencyKey) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(System.getenv("SEKISHO_URL") + "/api/v1" + path))
            .timeout(Duration.ofSeconds(15))
            .header("Authorization", "Bearer " + System.getenv("SEKISHO_KEY"))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
        if (idempotencyKey != null) {
            request.header("Idempotency-Key", idempotencyKey);
        }
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** A member of an answer; the members used here hold no escapes. Use your JSON library for anything else. */
    private static String member(HttpResponse<String> answer, String name) {
        Matcher found = Pattern.compile("\"" + name + "\":\"?([^\",}]*)").matcher(answer.body());
        return found.find() ? found.group(1) : "";
    }

    /** A JSON string of what a person typed. */
    private static String quoted(String text) {
        StringBuilder made = new StringBuilder("\"");
        text.chars().forEach(c -> made.append(c < 0x20 || c == '"' || c == '\\' || c > 0x7e ? String.format("\\u%04x", c) : (char) c));
        return made.append('"').toString();
    }

    public static void main(String[] arguments) throws Exception {
        // The address of the person, in your server that of the request: it keeps one person from having many numbers texted.
        String person = arguments.length > 1 ? ",\"clientIp\":" + quoted(arguments[1]) : "";
        // The same key again within a day gives the same answer: a repeated call sends nothing twice.
        String body = "{\"to\":" + quoted(arguments[0]) + ",\"channel\":\"sms\",\"locale\":\"ja\"" + person + "}";
        HttpResponse<String> made = call("/verifications", body, UUID.randomUUID().toString());
        if (made.statusCode() != 201) {
            OUT.println("送れませんでした: " + member(made, "code"));
            System.exit(1);
        }
        // In your server, keep the id in the session of the person, never in the browser.
        String id = member(made, "id");
        OUT.println(member(made, "to") + " に認証コードを送りました。電話で聞くときは call と入力してください。");
        OUT.print("認証コード: ");
        OUT.flush();
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            if (line.strip().equals("call")) {
                HttpResponse<String> sent = call("/verifications/" + id + "/send", "{\"channel\":\"voice\"}", null);
                OUT.println(sent.statusCode() == 202 ? "電話でお伝えします。" : "電話をかけられませんでした: " + member(sent, "code"));
                continue;
            }
            HttpResponse<String> checked = call("/verifications/" + id + "/check", "{\"code\":" + quoted(line.strip()) + "}", null);
            if (checked.statusCode() == 200) {
                OUT.println("approved");
                System.exit(0);
            }
            if (checked.statusCode() != 422) {
                OUT.println("終わりました: " + member(checked, "code"));
                System.exit(1);
            }
            boolean wrong = member(checked, "code").equals("code_wrong");
            OUT.println(wrong ? "違います。あと" + member(checked, "attemptsLeft") + "回です。" : "6桁の数字を入力してください。");
        }
        System.exit(1);
    }
}
