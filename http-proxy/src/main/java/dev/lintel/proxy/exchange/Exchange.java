package dev.lintel.proxy.exchange;

import dev.lintel.proxy.body.Spool;
import dev.lintel.proxy.failure.FailureTable;
import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.filter.FinishListener;
import dev.lintel.proxy.filter.RequestFilter;
import dev.lintel.proxy.filter.Verdict;
import dev.lintel.proxy.grpc.GrpcWebBridge;
import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.message.BodyFraming;
import dev.lintel.proxy.message.ConnectionTail;
import dev.lintel.proxy.message.HeaderName;
import dev.lintel.proxy.message.HeaderNames;
import dev.lintel.proxy.message.Malformed;
import dev.lintel.proxy.message.RequestHead;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.Slice;
import dev.lintel.proxy.message.Trailers;
import dev.lintel.proxy.message.Upgrade;
import dev.lintel.proxy.observe.FinishedRequest;
import dev.lintel.proxy.observe.KeyExpression;
import dev.lintel.proxy.observe.MetricShard;
import dev.lintel.proxy.route.ErrorPages;
import dev.lintel.proxy.route.Route;
import dev.lintel.proxy.route.RoutingTable;
import dev.lintel.proxy.upstream.Upstream;
import dev.lintel.proxy.upstream.balance.Balancer;
import dev.lintel.proxy.upstream.balance.Choice;
import dev.lintel.tls.ClientProof;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One request in flight, from its first byte to its last line in the log.
///
/// Belongs to one loop; every method is called there, but for [#resume]. Used again for the next
/// request of an HTTP/1.1 connection, or of the streams of a loop's HTTP/2 connections. Filters and
/// client sides see the whole of it here; the way to the upstream is [UpstreamSide]'s.
///
/// Longer than 400 lines because what filters, client and upstream may do in each of its states is
/// best read in one place.
public final class Exchange {
  private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

  private static final int IDLE = 0;
  private static final int FILTERING = 1;
  private static final int SUSPENDED = 2;
  private static final int FORWARDING = 3;

  /// The answer waits for its page.
  private static final int PAGE = 4;

  private static final int ANSWERING = 5;
  private static final int TUNNEL = 6;

  private final ClientSide client;
  private final Loop loop;
  private final RequestHead request;
  private final RequestBody body = new RequestBody();
  private final UpstreamSide upstream;
  private final ResponseSide response;
  private final Account account;
  private final FilterChain filters = new FilterChain(this);
  private final FinishListeners listeners = new FinishListeners();

  private ClientConnection connection;
  private @Nullable PageSide page;
  private @Nullable Forwarded forwarded;
  private Route route = Route.NONE;
  private @Nullable Upstream target;
  private @Nullable Note notes;
  private @Nullable BodyTap tap;
  private int state = IDLE;
  private int epoch;
  private long startNanos;

  /// An exchange without a request.
  ///
  /// @param request where the heads of its requests are read
  public Exchange(ClientConnection connection, ClientSide client, RequestHead request) {
    this.connection = connection;
    this.client = client;
    this.request = request;
    this.loop = connection.loop();
    this.upstream = new UpstreamSide(this, client, loop, body);
    this.response = new ResponseSide(this, client, connection.traffic());
    this.account = new Account(this, client, body, response, upstream);
  }

  /// Its next request is one of this connection, of the same loop. Only between requests.
  public void serve(ClientConnection next) {
    connection = next;
  }

  // ------------------------------------------------------------------ what it is

  /// The request as it came. Valid until the callback returns; once it is forwarded, or after
  /// [#suspend], until the exchange ends.
  public RequestHead request() {
    return request;
  }

  /// The route it takes.
  public Route route() {
    return route;
  }

  /// The loop it lives on.
  public Loop loop() {
    return loop;
  }

  /// Who asks, by the word of a trusted proxy in front where there is one.
  public ClientAddress client() {
    Forwarded said = forwarded;
    return said == null ? connection.address() : said.address();
  }

  /// Whether the client speaks TLS with whoever stands first: this proxy, or a trusted one in
  /// front.
  public boolean isSecure() {
    Forwarded said = forwarded;
    return said == null ? connection.isSecure() : said.isSecure();
  }

  /// The host that the client asked for, with its port: what a trusted proxy in front says, or else
  /// `Host`. Routes are found by `Host` alone.
  public Slice authority() {
    byte[] said = forwarded == null ? null : forwarded.host();
    return said == null ? request.authority() : Slice.of(said);
  }

  Slice clientText() {
    Forwarded said = forwarded;
    return said == null ? connection.addressText() : said.addressText();
  }

  /// Whether the connection is one of TLS, whoever made it.
  public boolean isTls() {
    return connection.isTls();
  }

  /// Whether the client might as well ask this proxy by HTTP/3, and does not yet. Hosts that ask
  /// for client certificates are not served so.
  public boolean mayMoveToHttp3() {
    return connection.isTls()
        && client.httpVersion() < 30
        && route.clients() == null
        && connection.traffic().isHttp3Offered();
  }

  /// What the client's certificate proved, in a handshake that asked for one.
  public ClientProof clientProof() {
    return connection.proof();
  }

  /// When the request's head was complete, on the loop's clock.
  public long startNanos() {
    return startNanos;
  }

  /// Whether an upstream was asked, so that the response is its own or says that it failed.
  public boolean wasForwarded() {
    return upstream.tries().count() > 0;
  }

  /// The status the client gets; 0 before there is one.
  public int status() {
    return response.status();
  }

  /// What went wrong with it; null where nothing did so far.
  public @Nullable ProxyFailure failure() {
    return response.failure();
  }

  /// Whether everything about it is over.
  public boolean isFinished() {
    return state == IDLE;
  }

  Account account() {
    return account;
  }

  ClientConnection connection() {
    return connection;
  }

  ConnectionTail tail() {
    Forwarded said = forwarded;
    return said == null ? connection.tail() : said.tail();
  }

  boolean isFiltering() {
    return state == FILTERING;
  }

  boolean isAnswering() {
    return state >= ANSWERING;
  }

  boolean isTunnel() {
    return state == TUNNEL;
  }

  // ------------------------------------------------------------------ what its client side tells

  /// A request whose head stands in [#request] begins.
  ///
  /// @param rules whose word is taken for who the client is; null for nobody's
  public void onRequestHead(RoutingTable table, @Nullable ForwardedRules rules) {
    begin(false);
    if (rules != null) {
      forward(rules);
    }
    if (request.isAsterisk()) {
      respond(Pages.OPTIONS);
      return;
    }
    if (connection.traffic().isRefusing()) {
      fail(ProxyFailure.OVERLOADED);
      return;
    }
    Route found = RouteChoice.of(this, table);
    if (found == null) {
      return;
    }
    route = found;
    target = found.upstream();
    long most = found.settings().maxBodyBytes();
    if (most > 0 && request.contentLength() > most) {
      fail(ProxyFailure.BODY_TOO_LARGE);
      return;
    }
    run();
  }

  /// A request was refused while its head was read.
  public void onMalformedHead(ProxyFailure why) {
    begin(true);
    fail(why);
  }

  private void forward(ForwardedRules rules) {
    Forwarded said = Forwarded.of(rules, connection, request);
    forwarded = said;
    byte[] host = said == null ? null : said.host();
    if (host != null) {
      upstream.edits().set(HeaderNames.HOST, host);
    }
  }

  private void begin(boolean malformed) {
    forwarded = null;
    route = Route.NONE;
    target = null;
    state = FILTERING;
    filters.begin();
    epoch++;
    response.begin(malformed);
    account.begin(malformed);
    startNanos = loop.nanos();
    body.begin(request.framing() != BodyFraming.NONE);
    upstream.begin();
    loop.requestIds().assign(request);
    connection.countRequest();
    connection.traffic().begun();
  }

  /// So many bytes more of the request's body are announced.
  ///
  /// @return false where they are more than the route takes: the request is refused now, before
  ///   they come
  public boolean admitsBody(long more) {
    long most = route.settings().maxBodyBytes();
    if (most <= 0 || state == IDLE || state >= PAGE || body.received() + more <= most) {
      return true;
    }
    fail(ProxyFailure.BODY_TOO_LARGE);
    return false;
  }

  /// A piece of the request's body, in the exchange's ownership from here on; in a tunnel bytes as
  /// they are, the last ones where the client ends its half.
  public void onRequestBody(ByteBuf piece, boolean last) {
    if (state == TUNNEL) {
      upstream.sendRaw(piece, last);
      return;
    }
    if (state == IDLE) {
      piece.release();
      return;
    }
    GrpcWebBridge bridge = response.grpc().bridge();
    if (bridge != null) {
      onWebBody(bridge, piece, last);
    } else {
      onPlainBody(piece, last);
    }
  }

  private void onWebBody(GrpcWebBridge bridge, ByteBuf piece, boolean last) {
    ByteBuf plain = bridge.request(piece, last);
    if (plain != null) {
      onPlainBody(plain, last);
    } else {
      fail(ProxyFailure.request(Malformed.GRPC_WEB_TEXT));
    }
  }

  private void onPlainBody(ByteBuf piece, boolean last) {
    long received = body.count(piece);
    if (last) {
      body.complete();
    }
    long most = route.settings().maxBodyBytes();
    if (most > 0 && received > most && state < PAGE) {
      piece.release();
      fail(ProxyFailure.BODY_TOO_LARGE);
      return;
    }
    if (tap != null) {
      tell(tap, piece, last);
    }
    if (upstream.isStreaming()) {
      upstream.sendBody(piece, last);
    } else if (state >= PAGE) {
      piece.release();
    } else {
      upstream.hold(piece);
    }
  }

  private void tell(BodyTap told, ByteBuf piece, boolean last) {
    if (last) {
      tap = null;
    }
    told.onBody(piece, last);
  }

  /// Has `told` see the request's body, from its begin on: what is here of it now, and the rest as
  /// it comes.
  public void tapBody(BodyTap told) {
    tap = told;
    ByteBuf held = body.held();
    if (held != null || body.isComplete()) {
      tell(told, held == null ? Unpooled.EMPTY_BUFFER : held, body.isComplete());
    }
  }

  /// The request's body has ended, with these fields behind it.
  public void onRequestTrailers(Trailers trailers) {
    body.trailers(trailers);
    onRequestBody(Unpooled.EMPTY_BUFFER, true);
  }

  /// All that one read of the client brought was told.
  public void onClientReadComplete() {
    if (state >= FORWARDING) {
      upstream.checkPace();
    }
  }

  /// Whether the client must keep a pace with its body: where it said how long that is, and where
  /// there is too little of something to wait for calls and bodies without an end.
  public boolean hurriesUpload() {
    return connection.traffic().isHurried()
        || request.framing() == BodyFraming.LENGTH && !response.grpc().isCall();
  }

  /// Whether the client must keep a pace in taking the response: it need not where that is a
  /// dialogue or a stream of events, as long as there is enough of everything.
  public boolean hurriesDownload() {
    return connection.traffic().isHurried()
        || state != TUNNEL && !response.grpc().isCall() && !response.isEventStream();
  }

  /// The client is gone.
  public void onClientClosed() {
    if (state == IDLE) {
      return;
    }
    response.failSilently(ProxyFailure.CLIENT_LEFT);
    finish();
  }

  /// The client is gone and did not end in order: neither does its tunnel.
  public void onClientReset() {
    if (state == TUNNEL) {
      upstream.abort();
    }
    onClientClosed();
  }

  /// The proxy ends, and this tunnel with it.
  public void onShutdown() {
    if (state == TUNNEL) {
      finish();
    }
  }

  /// The client takes bytes again.
  public void onClientWritable() {
    if (state >= FORWARDING && !response.onClientWritable()) {
      readOn();
    }
  }

  /// Has the response read on.
  void readOn() {
    upstream.onClientWritable();
    if (page != null) {
      page.onClientWritable();
    }
  }

  /// Whether the response is to be read on.
  boolean takesResponse() {
    return response.isTaking();
  }

  /// The client got what waited of the response, of which all had come.
  void responseSent() {
    finish();
  }

  // ------------------------------------------------------------------ filters

  /// Runs the filters that are left; the way back in after a suspension, too.
  private void run() {
    if (!filters.run(route)) {
      return;
    }
    Upstream to = target;
    if (to == null) {
      fail(ProxyFailure.NO_ROUTE);
    } else {
      state = FORWARDING;
      Upstream secure = to.secure();
      upstream.forward(secure != null && isTls() ? secure : to);
    }
  }

  /// Keeps the request beyond the callback, for a filter that works elsewhere and returns
  /// `SUSPENDED`.
  ///
  /// @return what [#resume] wants to know, so that an answer that comes too late is ignored
  public int suspend() {
    request.detach();
    state = SUSPENDED;
    return ++epoch;
  }

  /// Goes on, from any thread: `next` runs on the exchange's loop as if it stood in the chain.
  public void resume(int since, RequestFilter next) {
    loop.eventLoop().execute(() -> resumed(since, next));
  }

  private void resumed(int since, RequestFilter next) {
    if (since != epoch || state != SUSPENDED) {
      return;
    }
    loop.begin();
    state = FILTERING;
    if (filters.passes(next, route)) {
      run();
    }
    loop.end();
  }

  /// Has another upstream serve the request than that of its route.
  public void forwardTo(Upstream other) {
    target = other;
  }

  /// Changes the path the upstream sees; the query stays. The bytes are copied.
  ///
  /// @return false where the result is no path that may be forwarded: the caller fails the exchange
  public boolean rewritePath(byte[] path, int offset, int length) {
    if (!connection.traffic().targetForms().isSafe(path, offset, length)) {
      return false;
    }
    upstream.path(path, offset, length);
    return true;
  }

  /// The upstream that it goes to: the route's, unless a filter said otherwise; null where there is
  /// none.
  public @Nullable Upstream upstream() {
    return target;
  }

  /// Has its endpoint picked by `by` rather than in turn.
  ///
  /// @return what it goes by, still empty
  public Choice choose(Balancer by) {
    return upstream.attempts().choose(by);
  }

  /// What its endpoint was picked by; null where it was picked in turn.
  public @Nullable Choice choice() {
    return upstream.attempts().choice();
  }

  /// The hash of what `key` says of this request.
  public int hash(KeyExpression key) {
    return connection.traffic().keyWriter().hash(key, account);
  }

  /// Tells the endpoint that its last try went to how that ended, where requests are counted there:
  /// once, as it has ended.
  public void settle() {
    Choice choice = choice();
    if (choice != null) {
      upstream.tries().tell(choice, response.failure(), loop.nanos());
    }
  }

  /// Sets a field of the upstream request, in place of all of that name. The value is kept: nobody
  /// may change it.
  public void setUpstreamField(HeaderName name, byte[] value) {
    upstream.edits().set(name, value);
  }

  /// Where the request is one of gRPC-Web, has it go on as one of gRPC. Before any of its body
  /// came.
  public void bridgeGrpcWeb() {
    byte[] type = response.grpc().translate();
    if (type != null) {
      upstream.edits().set(HeaderNames.CONTENT_TYPE, type);
    }
  }

  /// Leaves a field out of the upstream request.
  public void removeUpstreamField(HeaderName name) {
    upstream.edits().remove(name);
  }

  /// Who the client proved to be, for the log. The bytes are kept.
  public void remoteUser(byte[] user) {
    account.remoteUser(user);
  }

  /// Which trace the request belongs to, for the log: the field as the upstream gets it. The bytes
  /// are kept.
  public void traceParent(byte[] field) {
    account.traceParent(field);
  }

  /// The request as log and metrics see it, whole when it has ended: for finish listeners.
  public FinishedRequest finished() {
    return account;
  }

  /// What its loop counts.
  public MetricShard counts() {
    return connection.traffic().counts();
  }

  /// Keeps something for a later filter of the same feature, until the exchange ends.
  ///
  /// @param owner whose it is, compared by identity: the feature's own object of this route
  public void remember(Object owner, Object what) {
    notes = new Note(owner, what, notes);
  }

  /// What was kept last for `owner`, or null.
  public @Nullable Object recall(Object owner) {
    return Note.find(notes, owner);
  }

  /// Has `told` told when the exchange ends, beside those asked for before.
  public void onFinish(FinishListener told) {
    listeners.add(told);
  }

  // ------------------------------------------------------------------ answers

  /// Answers the request. The first answer counts; later ones are ignored and logged as a bug.
  public void respond(CannedResponse answer) {
    if (wouldOpenTunnel(answer.status())) {
      fail(ProxyFailure.NO_WEBSOCKET);
      return;
    }
    ErrorPages pages = route.errorPages();
    if (pages != null && pages.has(answer.status()) && mayAskForPage()) {
      pageSide().refuse(pages, answer);
    } else if (beginAnswer()) {
      response.respond(answer);
      finish();
    }
  }

  /// Says what a guard answers to whom it does not let in, and is its verdict. It is sent at once,
  /// or where any one guard of the route suffices, once none let the request in.
  public Verdict refuse(CannedResponse answer) {
    filters.refuse(answer);
    return Verdict.REFUSED;
  }

  /// Sends what a guard of the route answered, where none let the request in.
  Verdict settleAccess() {
    return filters.settle();
  }

  /// Answers with a redirect. The bytes are copied.
  ///
  /// @param location does not begin with `//`
  public void redirect(int code, byte[] location, int length) {
    if (beginAnswer()) {
      response.redirect(code, location, length);
      finish();
    }
  }

  /// Ends the request as the table of failures says.
  public void fail(ProxyFailure failure) {
    if (state == IDLE) {
      return;
    }
    if (state >= ANSWERING) {
      cut(failure);
      return;
    }
    ErrorPages pages = route.errorPages();
    if (pages != null
        && pages.has(FailureTable.status(failure))
        && FailureTable.mayHavePage(failure)
        && mayAskForPage()) {
      response.failSilently(failure);
      pageSide().fail(pages, failure);
      return;
    }
    state = ANSWERING;
    upstream.release();
    response.fail(failure);
    finish();
  }

  /// Whether the answer may be a page of another upstream: once, and not where the client would not
  /// read it as one. From here on it waits for that.
  private boolean mayAskForPage() {
    if (state == IDLE
        || state >= PAGE
        || response.grpc().isCall()
        || request.upgrade() != Upgrade.NONE) {
      return false;
    }
    state = PAGE;
    upstream.release();
    body.release();
    return true;
  }

  private PageSide pageSide() {
    PageSide made = page;
    if (made == null) {
      made = new PageSide(this, loop);
      page = made;
    }
    return made;
  }

  /// The page begins.
  void answerPage(ResponseHead head, @Nullable ByteBuf piece, boolean last) {
    state = ANSWERING;
    response.head(head, piece, last);
    finish(last);
  }

  /// There is no page: the answer is what it would have been without.
  void answerWithoutPage(CannedResponse answer) {
    state = ANSWERING;
    response.respond(answer);
    finish();
  }

  private boolean beginAnswer() {
    if (state == IDLE || state >= PAGE) {
      LOG.error("a second answer to a request of {}", route.labels());
      return false;
    }
    state = ANSWERING;
    upstream.release();
    return true;
  }

  /// Whether it is a call of gRPC.
  boolean isCall() {
    return response.grpc().isCall();
  }

  /// Where bodies lie that are too long for memory.
  Spool spool() {
    return connection.traffic().spool();
  }

  /// The upstream's response begins.
  void answer(ResponseHead head, @Nullable ByteBuf piece, boolean last) {
    if (wouldOpenTunnel(head.status())) {
      if (piece != null) {
        piece.release();
      }
      fail(ProxyFailure.NO_WEBSOCKET);
      return;
    }
    ErrorPages pages = route.errorPages();
    if (pages != null && pages.replaces(head.status()) && mayAskForPage()) {
      if (piece != null) {
        piece.release();
      }
      pageSide().replace(pages, head.status());
      return;
    }
    state = ANSWERING;
    response.head(head, piece, last);
    finish(last);
  }

  /// Whether the client would take an ordinary response of this status for a tunnel: any success is
  /// one where HTTP/2 asks for it (RFC 8441 5).
  private boolean wouldOpenTunnel(int status) {
    return request.upgrade() != Upgrade.NONE && status / 100 == 2 && client.httpVersion() == 20;
  }

  void answerBody(ByteBuf piece, boolean last) {
    response.body(piece, last);
    finish(last);
  }

  void answerTrailers(Trailers trailers) {
    response.trailers(trailers);
    finish(true);
  }

  void switchProtocols(ResponseHead head, @Nullable ByteBuf early) {
    state = TUNNEL;
    connection.traffic().becameTunnel();
    response.switchProtocols(head, early);
  }

  /// What a failure of the upstream is to the client.
  ProxyFailure judge(ProxyFailure failure) {
    return response.grpc().judge(failure);
  }

  /// The response ends before its end: the client must see that.
  void cut(ProxyFailure failure) {
    response.cut(failure);
    finish();
  }

  /// All has come of the response: it is over once the client got it.
  private void finish(boolean last) {
    if (last && response.isSent()) {
      finish();
    }
  }

  private void finish() {
    if (state == IDLE) {
      return;
    }
    response.end();
    upstream.release();
    if (page != null) {
      page.release();
    }
    body.release();
    if (tap != null) {
      tap.onBodyLost();
      tap = null;
    }
    listeners.tell(this);
    connection.traffic().ended(account, state == TUNNEL, route.settings().accessLog());
    upstream.forget();
    notes = null;
    state = IDLE;
    epoch++;
    client.ended();
  }
}
