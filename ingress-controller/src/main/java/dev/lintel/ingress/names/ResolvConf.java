package dev.lintel.ingress.names;

import dev.lintel.ingress.feature.ThisMachine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whom to ask for names and under which other names, as resolv.conf(5) says.
///
/// @param servers asked one after the other until one answers
/// @param search domains that are appended to names
/// @param dots a name with so many dots is first asked for as it stands (`ndots`)
/// @param timeoutMillis how long a server may take
public record ResolvConf(
    List<InetSocketAddress> servers, List<String> search, int dots, int timeoutMillis) {
  private static final Logger LOG = LoggerFactory.getLogger(ResolvConf.class);
  private static final Path FILE = Path.of("/etc/resolv.conf");
  private static final int PORT = 53;
  private static final int MOST_SERVERS = 3;
  private static final int MOST_SEARCH = 32;
  private static final int MOST_DOTS = 15;
  private static final int MILLIS = 1_000;
  private static final int MOST_SECONDS = 30;
  private static final int USUAL_SECONDS = 5;

  /// That of this machine. Without one there is a server on this machine.
  public static ResolvConf ofSystem() {
    try {
      return parse(Files.readString(FILE, StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      LOG.warn("{} cannot be read, asking a name server of this machine: {}", FILE, e.toString());
      return parse("");
    }
  }

  /// Reads the text of such a file. What it does not understand is passed over, as everybody does.
  static ResolvConf parse(String text) {
    List<InetSocketAddress> servers = new ArrayList<>();
    List<String> search = List.of();
    int dots = 1;
    int seconds = USUAL_SECONDS;
    for (String line : text.split("\\R")) {
      String[] words = line.strip().split("\\s+");
      switch (words[0]) {
        case "nameserver" -> server(words, servers);
        case "domain", "search" -> search = domains(words);
        case "options" -> {
          dots = option(words, "ndots:", dots, MOST_DOTS);
          seconds = option(words, "timeout:", seconds, MOST_SECONDS);
        }
        default -> {}
      }
    }
    if (servers.isEmpty()) {
      servers.add(new InetSocketAddress(InetAddress.getLoopbackAddress(), PORT));
    }
    return new ResolvConf(List.copyOf(servers), search, dots, Math.max(1, seconds) * MILLIS);
  }

  private static void server(String[] words, List<InetSocketAddress> servers) {
    InetAddress address = words.length < 2 ? null : ThisMachine.literal(words[1]);
    if (address != null && servers.size() < MOST_SERVERS) {
      servers.add(new InetSocketAddress(address, PORT));
    }
  }

  private static List<String> domains(String[] words) {
    List<String> domains = new ArrayList<>();
    for (int i = 1; i < words.length && domains.size() < MOST_SEARCH; i++) {
      String domain = plain(words[i]);
      if (!domain.isEmpty()) {
        domains.add(domain);
      }
    }
    return List.copyOf(domains);
  }

  private static int option(String[] words, String name, int otherwise, int most) {
    int value = otherwise;
    for (String word : words) {
      if (word.startsWith(name) && word.substring(name.length()).matches("\\d{1,4}")) {
        value = Math.min(most, Integer.parseInt(word.substring(name.length())));
      }
    }
    return value;
  }

  /// The full names that `name` may be short for, in the order in which they are asked for. One
  /// that ends with a dot is full already.
  List<String> candidates(String name) {
    String plain = plain(name);
    if (name.endsWith(".") || search.isEmpty()) {
      return List.of(plain);
    }
    List<String> all = new ArrayList<>(search.size() + 1);
    for (String domain : search) {
      all.add(plain + "." + domain);
    }
    boolean isLong = plain.chars().filter(c -> c == '.').count() >= dots;
    all.add(isLong ? 0 : all.size(), plain);
    return List.copyOf(all);
  }

  /// In lower case, without the last dot.
  private static String plain(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }
}
