package dev.lintel.ingress.demo;

import java.nio.file.Path;
import java.util.List;

/// What to try with a running demo: one ready-to-paste command for each thing it shows.
///
/// @param folder the manifests, as commands should name the folder
public record DemoTour(Path folder, int httpPort, int httpsPort, int adminPort) {

  /// One command and what is to be seen.
  public record Stop(String shows, String command) {}

  /// All of them, in the order worth trying.
  public List<Stop> stops() {
    String hello = "http://hello.localhost:" + httpPort;
    String plainShop = "http://shop.localhost:" + httpPort;
    String shop = "https://shop.localhost:" + httpsPort;
    String trust = "--cacert " + quoted(folder.resolve("ca.crt").toString());
    return List.of(
        new Stop("200, plain http", "curl -i " + hello + "/"),
        new Stop("200, https with the shop's certificate", "curl -i " + trust + " " + shop + "/"),
        new Stop("200 from another backend, by path", "curl -i " + trust + " " + shop + "/cart"),
        new Stop("308 to https, followed", "curl -iL " + trust + " " + plainShop + "/cart"),
        new Stop("401, a password is asked for", "curl -i " + hello + "/members"),
        new Stop("200 with the password", "curl -i -u demo:lintel " + hello + "/members"),
        new Stop(
            "503 over the limit of one request a second and two more",
            "for i in 1 2 3 4 5; do curl -s -o /dev/null -w '%{http_code}\\n' "
                + hello
                + "/limited; done"));
  }

  /// The page that is printed at the start.
  public String text() {
    StringBuilder text = new StringBuilder(2048);
    text.append("\nTry, in another terminal:\n");
    for (Stop stop : stops()) {
      text.append("\n  # ").append(stop.shows()).append("\n  ").append(stop.command()).append('\n');
    }
    text.append("\nEdit the manifests in ")
        .append(folder.toString().isEmpty() ? "." : folder)
        .append(": changes are live at once. What serves: http://localhost:")
        .append(adminPort)
        .append("/debug/plan\nCtrl-C ends the demo.\n\n");
    return text.toString();
  }

  private static String quoted(String path) {
    return path.matches("[\\w./-]+") ? path : "'" + path.replace("'", "'\\''") + "'";
  }
}
