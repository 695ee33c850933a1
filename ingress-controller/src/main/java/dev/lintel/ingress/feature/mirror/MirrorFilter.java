package dev.lintel.ingress.feature.mirror;

import dev.lintel.ingress.feature.Form;
import dev.lintel.ingress.feature.Line;
import dev.lintel.ingress.feature.Template;
import dev.lintel.proxy.exchange.Exchange;
import dev.lintel.proxy.exchange.SideRequest;
import dev.lintel.proxy.filter.RequestFilter;
import dev.lintel.proxy.filter.Verdict;
import dev.lintel.proxy.message.BodyFraming;
import dev.lintel.proxy.message.HeaderEdits;
import dev.lintel.proxy.message.HeaderNames;
import dev.lintel.proxy.message.RequestHead;
import dev.lintel.proxy.message.Slice;
import dev.lintel.proxy.message.Upgrade;
import dev.lintel.proxy.upstream.Upstream;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Sends a copy of each request of a route, on all loops.
final class MirrorFilter implements RequestFilter {
  private final Upstream target;
  private final Template uri;
  private final byte[] host;
  private final boolean hasBody;
  private final MirrorRoom room;

  MirrorFilter(MirrorSettings settings, Upstream target, MirrorRoom room) {
    this.target = target;
    this.uri = Template.of(settings.uri());
    this.host = settings.host().getBytes(StandardCharsets.US_ASCII);
    this.hasBody = settings.hasBody();
    this.room = room;
  }

  @Override
  public Verdict onRequest(Exchange exchange) {
    RequestHead request = exchange.request();
    if (request.upgrade() != Upgrade.NONE) {
      return Verdict.CONTINUE; // a dialogue has no copy
    }
    MirrorRoom.OfLoop place = room.of(exchange.loop());
    if (!place.enter()) {
      exchange.counts().onMirrorLost();
      return Verdict.CONTINUE;
    }
    MirrorCopy copy = new MirrorCopy(this, exchange, place);
    if (hasBody && request.framing() != BodyFraming.NONE) {
      exchange.tapBody(copy);
    } else {
      copy.send();
    }
    return Verdict.CONTINUE;
  }

  Upstream target() {
    return target;
  }

  /// The head of a copy; null where it would be longer than any head may be.
  ///
  /// @param length of the body, -1 for none
  @Nullable ByteBuf head(Exchange exchange, int length) {
    HeaderEdits edits = new HeaderEdits();
    edits.set(HeaderNames.HOST, host);
    if (length >= 0) {
      byte[] digits = Integer.toString(length).getBytes(StandardCharsets.US_ASCII);
      edits.set(HeaderNames.CONTENT_LENGTH, digits);
    }
    Line line = new Line();
    uri.write(exchange, line, Form.TARGET);
    byte[] method = exchange.request().methodName().toBytes();
    return SideRequest.head(exchange, method, singleSlash(line.slice()), edits);
  }

  /// `https://target/$request_uri`, as everybody writes it, has one slash too many.
  private static Slice singleSlash(Slice path) {
    int from = path.offset();
    int end = from + path.length();
    while (from + 1 < end && path.bytes()[from] == '/' && path.bytes()[from + 1] == '/') {
      from++;
    }
    return path.set(path.bytes(), from, end - from);
  }
}
