package dev.lintel.corpus.script;

import dev.lintel.corpus.cases.CorpusCase.Field;
import dev.lintel.corpus.client.Http2Client;
import dev.lintel.corpus.client.PlainClient.End;
import dev.lintel.corpus.script.Step.Deafness;
import dev.lintel.corpus.script.Step.Drip;
import dev.lintel.corpus.script.Step.Frames;
import dev.lintel.corpus.script.Step.On;
import dev.lintel.corpus.script.Step.References;
import dev.lintel.corpus.script.Step.Repeat;
import dev.lintel.corpus.script.Step.Requests;
import dev.lintel.corpus.script.Step.Setting;
import dev.lintel.corpus.script.Step.Silence;
import dev.lintel.corpus.script.Step.Title;
import dev.lintel.corpus.script.Step.Windowless;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Takes the steps of a script over a connection without TLS. Where the product has closed, what is
/// left of them is left out.
public final class Http2Player {
  private static final int BURST = 64 * 1024;
  private static final int FRAME = 16 * 1024;
  private static final int CLOSED_STREAM = 1;
  private static final int FIRST_IDLE = 1_000_001;
  private static final int AT_ONCE = 50;
  private static final int WINDOW_SETTING = 4;
  private static final int ANSWER_MILLIS = 5_000;

  private final Http2Client client;
  private final List<Step> steps;
  private final ByteArrayOutputStream burst = new ByteArrayOutputStream();
  private final List<Integer> current = new ArrayList<>();
  private byte[] rest = {};
  private int next = 1;
  private int idle = FIRST_IDLE;
  private boolean turn;

  public Http2Player(Http2Client client, Http2Steps steps) {
    this.client = client;
    this.steps = steps.steps();
  }

  /// Takes them all, for at most so long; then reads again where nothing was read.
  public void play(long millis) throws IOException, InterruptedException {
    List<Long> settings = new ArrayList<>();
    for (Step step : steps) {
      if (step instanceof Setting setting) {
        settings.add((long) setting.number());
        settings.add(setting.value());
      } else if (step instanceof Deafness) {
        client.reads(false);
      }
    }
    if (steps.stream().anyMatch(Http2Player::isOfWindows)) {
      client.givesWindows(false);
    }
    client.begin(settings.stream().mapToLong(Long::longValue).toArray());
    Thread player = Thread.ofVirtual().start(this::takeAll);
    player.join(millis);
    player.interrupt();
    client.reads(true);
  }

  private static boolean isOfWindows(Step step) {
    return step instanceof Windowless
        || step instanceof Setting setting && setting.number() == WINDOW_SETTING
        || step instanceof Frames frames && frames.type() == Http2Client.WINDOW_UPDATE;
  }

  private void takeAll() {
    try {
      for (Step step : steps) {
        take(step);
      }
      flush();
    } catch (IOException | InterruptedException _) {
      // The product has had enough, or the time is over.
    }
  }

  private boolean isOver() {
    return client.end() != End.OPEN || client.goAway() != null;
  }

  private void take(Step step) throws IOException, InterruptedException {
    switch (step) {
      case Frames frames -> frames(frames);
      case Requests requests -> requests(requests);
      case References references -> references(references);
      case Drip drip -> drip(drip);
      case Repeat repeat -> {
        for (int i = 0; i < repeat.count() && !isOver(); i++) {
          for (Step each : repeat.steps()) {
            take(each);
          }
        }
      }
      case Silence _ -> {
        flush();
        client.awaitEnd(Long.MAX_VALUE / 2_000_000);
      }
      case Setting _, Deafness _, Windowless _, Title _ -> {}
    }
  }

  // ------------------------------------------------------------------ frames

  private void frames(Frames what) throws IOException, InterruptedException {
    if (what.on() == On.CLOSED || what.on() == On.IDLE_OR_CLOSED) {
      endStream();
    }
    for (int i = 0; i < what.count() && !isOver(); i++) {
      byte[] bytes = bytes(what, i);
      if (what.half()) {
        int half = bytes.length / 2;
        rest = new byte[bytes.length - half];
        System.arraycopy(bytes, half, rest, 0, rest.length);
        burst.write(bytes, 0, half);
        flush();
      } else {
        write(bytes);
      }
      if (what.pause() > 0) {
        flush();
        client.awaitGoAway(what.pause());
      }
    }
  }

  /// The first stream ends, so that it is a closed one.
  private void endStream() throws IOException, InterruptedException {
    if (next == CLOSED_STREAM) {
      open("GET", "/g", true);
      flush();
      client.awaitStream(CLOSED_STREAM, ANSWER_MILLIS);
    }
  }

  private byte[] bytes(Frames what, int index) {
    boolean opens = what.type() == Http2Client.HEADERS && what.on() == On.NEW;
    int stream = opens && what.number() == 0 ? newStream() : stream(what, index);
    boolean ended = (what.flags() & Http2Client.END_STREAM) != 0;
    byte[] payload =
        switch (what.type()) {
          case Http2Client.HEADERS ->
              head(ended ? "GET" : "POST", ended ? "/g" : "/p", what.fields());
          case Http2Client.PRIORITY ->
              ByteBuffer.allocate(5).putInt(what.itself() ? stream : 0).put((byte) 15).array();
          case Http2Client.RST_STREAM, Http2Client.WINDOW_UPDATE ->
              ByteBuffer.allocate(4).putInt((int) what.value()).array();
          case Http2Client.PING -> new byte[8];
          case Http2Client.GOAWAY ->
              ByteBuffer.allocate(8).putInt(0).putInt((int) what.value()).array();
          case Http2Client.PUSH_PROMISE -> promise();
          default -> new byte[0];
        };
    if (what.length() >= 0) {
      payload = Arrays.copyOf(payload, what.length());
    }
    return payload.length > FRAME && what.type() == Http2Client.HEADERS
        ? block(stream, what.flags(), payload)
        : Http2Client.frame(what.type(), what.flags(), stream, payload);
  }

  private int stream(Frames what, int index) {
    if (what.number() > 0) {
      return what.number();
    }
    turn = !turn;
    return switch (what.on()) {
      case CONNECTION -> 0;
      case IDLE -> idle += 2;
      case CLOSED -> CLOSED_STREAM;
      case IDLE_OR_CLOSED -> turn ? CLOSED_STREAM : (idle += 2);
      case NEW -> newStream();
      case CURRENT -> current.isEmpty() ? 1 : current.get(index % current.size());
    };
  }

  private int newStream() {
    current.clear();
    current.add(next);
    next += 2;
    return next - 2;
  }

  private byte[] promise() {
    byte[] fields = head("GET", "/g", 0);
    return ByteBuffer.allocate(4 + fields.length).putInt(2).put(fields).array();
  }

  // ------------------------------------------------------------------ requests

  private void requests(Requests what) throws IOException, InterruptedException {
    List<Integer> opened = new ArrayList<>();
    for (int i = 0; i < what.count() && !isOver(); i++) {
      String path =
          what.path() == null ? path(what.method(), what.size(), what.unique()) : what.path();
      opened.add(open(what.method(), path, what.ended()));
      if (what.ended() && opened.size() % AT_ONCE == 0) {
        flush();
        client.awaitStream(opened.getLast(), ANSWER_MILLIS);
      }
    }
    flush();
    current.clear();
    current.addAll(opened);
  }

  private int open(String method, String path, boolean ended) throws IOException {
    int stream = newStream();
    write(
        Http2Client.frame(
            Http2Client.HEADERS,
            Http2Client.END_HEADERS | (ended ? Http2Client.END_STREAM : 0),
            stream,
            head(method, path, 0)));
    return stream;
  }

  private String path(String method, long size, boolean unique) {
    if (size >= 0) {
      return "/bytes/" + size;
    }
    return unique ? "/unique/" + next : method.equals("POST") ? "/p" : "/g";
  }

  private static byte[] head(String method, String path, int crumbs) {
    List<Field> fields = new ArrayList<>();
    fields.add(new Field(":method", method));
    fields.add(new Field(":scheme", "http"));
    fields.add(new Field(":path", path));
    fields.add(new Field(":authority", "a.test"));
    for (int i = 0; i < crumbs; i++) {
      fields.add(new Field("cookie", "c" + i + "=1"));
    }
    return Http2Client.fields(fields);
  }

  private void references(References what) throws IOException {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.writeBytes(head("GET", "/g", 0));
    block.write(0x40);
    Http2Client.literal(block, what.name());
    Http2Client.literal(block, what.value());
    for (int i = 0; i < what.count(); i++) {
      block.write(0x80 | 62);
    }
    write(
        block(newStream(), Http2Client.END_STREAM | Http2Client.END_HEADERS, block.toByteArray()));
    flush();
  }

  /// A head in as many frames as it needs.
  private static byte[] block(int stream, int flags, byte[] fields) {
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    for (int at = 0; at < fields.length; at += FRAME) {
      byte[] piece = Arrays.copyOfRange(fields, at, Math.min(fields.length, at + FRAME));
      boolean last = at + FRAME >= fields.length;
      int type = at == 0 ? Http2Client.HEADERS : Http2Client.CONTINUATION;
      int first = at == 0 ? flags & Http2Client.END_STREAM : 0;
      frames.writeBytes(
          Http2Client.frame(
              type, first | (last ? flags & Http2Client.END_HEADERS : 0), stream, piece));
    }
    return frames.toByteArray();
  }

  private void drip(Drip what) throws IOException, InterruptedException {
    flush();
    for (int at = 0; at < rest.length && !isOver(); at += what.bytes()) {
      client.send(rest, at, Math.min(what.bytes(), rest.length - at));
      client.awaitGoAway(what.pause());
    }
  }

  // ------------------------------------------------------------------ the socket

  private void write(byte[] bytes) throws IOException {
    burst.writeBytes(bytes);
    if (burst.size() >= BURST) {
      flush();
    }
  }

  private void flush() throws IOException {
    byte[] bytes = burst.toByteArray();
    burst.reset();
    client.send(bytes, 0, bytes.length);
  }
}
