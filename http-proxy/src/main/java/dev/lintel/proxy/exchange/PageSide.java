package dev.lintel.proxy.exchange;

import dev.lintel.proxy.failure.FailureTable;
import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.message.BodyFraming;
import dev.lintel.proxy.message.Method;
import dev.lintel.proxy.message.PageRequestWriter;
import dev.lintel.proxy.message.RequestHead;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.Trailers;
import dev.lintel.proxy.message.Upgrade;
import dev.lintel.proxy.route.ErrorPages;
import dev.lintel.proxy.route.RouteSettings;
import dev.lintel.proxy.upstream.Attempts;
import dev.lintel.proxy.upstream.UpstreamCall;
import dev.lintel.proxy.upstream.UpstreamListener;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// The way of one exchange to the page that goes with its status, in place of an answer of the
/// proxy or of the route's upstream. Where there is no page, the exchange ends with what it would
/// have answered, or with the proxy's own page of that status.
///
/// Of refusals only the page is taken: their status and fields stay, whatever the page's upstream
/// says.
final class PageSide implements UpstreamListener {
  private static final int MOST_TRIES = 3;
  private static final int FIRST_ERROR = 400;

  private final Exchange exchange;
  private final Loop loop;
  private final Attempts attempts = new Attempts();

  private @Nullable ErrorPages pages;
  private @Nullable ByteBuf request;
  private @Nullable UpstreamCall call;
  private @Nullable CannedResponse answer;
  private @Nullable ProxyFailure failure;
  private boolean keepsStatus;
  private int status;

  PageSide(Exchange exchange, Loop loop) {
    this.exchange = exchange;
    this.loop = loop;
  }

  /// Asks for the page of an answer of the upstream.
  void replace(ErrorPages from, int upstreamStatus) {
    begin(from, upstreamStatus, false);
  }

  /// Asks for the page of a refusal.
  void refuse(ErrorPages from, CannedResponse refusal) {
    answer = refusal;
    begin(from, refusal.status(), true);
  }

  /// Asks for the page of a failure.
  void fail(ErrorPages from, ProxyFailure why) {
    failure = why;
    begin(from, FailureTable.status(why), !FailureTable.leavesStatusToPage(why));
  }

  private void begin(ErrorPages from, int code, boolean keeps) {
    pages = from;
    status = code;
    keepsStatus = keeps;
    RequestHead head = exchange.request();
    byte[] out = loop.out();
    int length = PageRequestWriter.write(head, exchange.tail(), code, from.fields(), out);
    request = loop.allocator().directBuffer(length).writeBytes(out, 0, length);
    head.detach();
    attempt();
  }

  private void attempt() {
    ErrorPages from = pages;
    RouteSettings settings = exchange.route().settings();
    UpstreamCall leased =
        from == null || attempts.count() >= MOST_TRIES
            ? null
            : from.upstream().pool(loop).acquire(this, attempts, settings.connectTimeoutMillis());
    if (leased == null) {
      giveUp();
      return;
    }
    call = leased;
    if (leased.isConnected()) {
      send(leased);
    }
  }

  private void send(UpstreamCall to) {
    ByteBuf bytes = request;
    if (bytes == null) {
      return;
    }
    RouteSettings settings = exchange.route().settings();
    boolean toHead = exchange.request().method() == Method.HEAD;
    to.begin(toHead, Upgrade.NONE, settings.readTimeoutMillis(), settings.sendTimeoutMillis());
    to.write(bytes.retainedDuplicate(), true);
    to.endRequest();
  }

  /// There is no page.
  private void giveUp() {
    CannedResponse refusal = answer;
    ProxyFailure why = failure;
    int code = status;
    release();
    if (refusal != null) {
      exchange.answerWithoutPage(refusal);
    } else if (why != null) {
      exchange.fail(why);
    } else if (code >= FIRST_ERROR) {
      exchange.answerWithoutPage(CannedResponse.page(code));
    } else {
      exchange.fail(ProxyFailure.CONNECT_FAILED);
    }
  }

  @Override
  public void onConnected(UpstreamCall connected) {
    send(connected);
  }

  @Override
  public void onResponseHead(ResponseHead head, @Nullable ByteBuf body, boolean last) {
    if (last) {
      ended();
    }
    CannedResponse refusal = answer;
    if (keepsStatus) {
      boolean hasBody = head.framing() != BodyFraming.NONE || head.contentLength() >= 0;
      head.status(status);
      if (!hasBody) {
        head.body(BodyFraming.NONE, 0);
      }
    }
    if (refusal != null) {
      refusal.addFields(head);
    }
    dropRequest();
    exchange.answerPage(head, body, last);
  }

  @Override
  public void onResponseBody(ByteBuf body, boolean last) {
    if (last) {
      ended();
    }
    exchange.answerBody(body, last);
  }

  @Override
  public void onResponseTrailers(Trailers trailers) {
    ended();
    exchange.answerTrailers(trailers);
  }

  /// Whoever makes the pages of errors does not fail by their status.
  private void ended() {
    call = null;
    attempts.answered(0);
  }

  @Override
  public void onUpgraded(ResponseHead head, @Nullable ByteBuf early) {
    if (early != null) {
      early.release();
    }
    giveUp();
  }

  @Override
  public void onUpstreamReadComplete() {
    UpstreamCall from = call;
    if (from != null && !exchange.takesResponse()) {
      from.pauseRead();
    }
  }

  @Override
  public void onUpstreamWritable() {
    // The request is a head, which was written at once.
  }

  @Override
  public void onUpstreamFailure(ProxyFailure why) {
    UpstreamCall lost = call;
    if (lost == null) {
      return;
    }
    call = null;
    attempts.failed(why, lost);
    if (exchange.isAnswering()) {
      exchange.cut(why);
      return;
    }
    if (lost.isReused()) {
      attempts.avoidOld();
    }
    attempt();
  }

  /// The client takes bytes again.
  void onClientWritable() {
    UpstreamCall from = call;
    if (from != null) {
      from.resumeRead();
    }
  }

  /// Lets go of everything; a connection in use is closed.
  void release() {
    UpstreamCall used = call;
    if (used != null) {
      call = null;
      used.abandon();
    }
    dropRequest();
    attempts.clear();
    pages = null;
    answer = null;
    failure = null;
  }

  private void dropRequest() {
    ByteBuf bytes = request;
    if (bytes != null) {
      request = null;
      bytes.release();
    }
  }
}
