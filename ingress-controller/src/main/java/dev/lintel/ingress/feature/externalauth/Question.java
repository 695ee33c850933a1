package dev.lintel.ingress.feature.externalauth;

import dev.lintel.ingress.feature.Form;
import dev.lintel.ingress.feature.Line;
import dev.lintel.ingress.feature.Template;
import dev.lintel.proxy.exchange.Exchange;
import dev.lintel.proxy.exchange.SideListener;
import dev.lintel.proxy.exchange.SideRequest;
import dev.lintel.proxy.message.HeaderEdits;
import dev.lintel.proxy.message.HeaderName;
import dev.lintel.proxy.upstream.Upstream;
import dev.lintel.tls.ClientProof;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What the service is asked, for all requests of a route: the client's own fields and what
/// ingress-nginx adds to them. What a client says about itself is not passed on.
final class Question {
  private static final HeaderName VERIFY = HeaderName.of("ssl-client-verify");
  private static final HeaderName SUBJECT = HeaderName.of("ssl-client-subject-dn");
  private static final HeaderName ISSUER = HeaderName.of("ssl-client-issuer-dn");

  /// @param value null where the field is left out
  private record Field(HeaderName name, @Nullable Template value) {}

  private final Upstream upstream;
  private final byte[] method;
  private final boolean isHead;
  private final Template uri;
  private final Field[] fields;

  Question(ExternalAuthSettings settings, Upstream upstream) {
    this.upstream = upstream;
    String asked = settings.method().isEmpty() ? "GET" : settings.method();
    this.method = asked.getBytes(StandardCharsets.US_ASCII);
    this.isHead = asked.equals("HEAD");
    this.uri = Template.of(settings.uri());
    this.fields = fields(settings);
  }

  private static Field[] fields(ExternalAuthSettings settings) {
    Map<String, String> texts = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    texts.put("Host", settings.target().hostField());
    texts.put("X-Original-URL", "$scheme://$http_host$request_uri");
    texts.put("X-Original-Method", "$request_method");
    texts.put("X-Sent-From", "nginx-ingress-controller");
    texts.put("X-Real-IP", "$remote_addr");
    texts.put("X-Forwarded-For", "$remote_addr");
    texts.put(
        "X-Auth-Request-Redirect",
        settings.requestRedirect().isEmpty() ? "$request_uri" : settings.requestRedirect());
    if (!settings.method().isEmpty()) {
      texts.put("X-Original-URI", "$request_uri");
      texts.put("X-Scheme", "$scheme");
    }
    texts.putAll(settings.fields());
    List<Field> fields = new ArrayList<>();
    texts.forEach(
        (name, text) ->
            fields.add(new Field(HeaderName.of(name), text.isEmpty() ? null : Template.of(text))));
    return fields.toArray(Field[]::new);
  }

  /// The question about this request; null where it would be too long.
  @Nullable ByteBuf about(Exchange exchange) {
    HeaderEdits edits = new HeaderEdits();
    Line line = new Line();
    for (Field field : fields) {
      Template value = field.value();
      if (value == null) {
        edits.remove(field.name());
      } else {
        line.clear();
        value.write(exchange, line, Form.FIELD);
        edits.set(field.name(), line.toBytes());
      }
    }
    if (exchange.isTls() && exchange.route().clients() != null) {
      ClientProof proof = exchange.clientProof();
      edits.set(VERIFY, proof.verify());
      edits.set(SUBJECT, proof.subject());
      edits.set(ISSUER, proof.issuer());
    }
    line.clear();
    uri.write(exchange, line, Form.TARGET);
    return SideRequest.head(exchange, method, line.slice(), edits);
  }

  /// Sends it.
  SideRequest send(Exchange exchange, ByteBuf question, SideListener told) {
    return SideRequest.send(
        exchange.loop(),
        upstream,
        question,
        isHead,
        SideRequest.Limits.of(exchange.route().settings()),
        told);
  }
}
