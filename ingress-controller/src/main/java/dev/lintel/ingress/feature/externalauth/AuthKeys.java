package dev.lintel.ingress.feature.externalauth;

import dev.lintel.ingress.feature.Setting;
import dev.lintel.ingress.feature.Setting.Risk;
import dev.lintel.ingress.feature.SideUrl;
import dev.lintel.ingress.feature.TemplateGrammar;
import java.util.List;
import java.util.regex.Pattern;

/// The names under which external authentication is written: those of an Ingress, or those of the
/// ConfigMap. They are not mixed: an Ingress with an `auth-url` says everything itself.
record AuthKeys(
    Setting<SideUrl> url,
    Setting<Method> method,
    Setting<String> signin,
    Setting<String> signinParam,
    Setting<List<String>> responseHeaders,
    Setting<String> requestRedirect,
    Setting<Boolean> alwaysSetCookie,
    Setting<String> cacheKey,
    Setting<CacheTimes> cacheDuration) {

  /// What a question may be asked by.
  enum Method {
    GET,
    HEAD,
    POST,
    PUT,
    PATCH,
    DELETE,
    OPTIONS
  }

  private static final Pattern PARAMETER = Pattern.compile("[-._~A-Za-z0-9]+");
  private static final int LONGEST_PARAMETER = 128;

  /// Annotations.
  static final AuthKeys OWN = named("", false);

  /// Keys of the ConfigMap.
  static final AuthKeys GLOBAL = named("global-", true);

  private static AuthKeys named(String prefix, boolean isGlobal) {
    return new AuthKeys(
        place(
            Setting.of(prefix + "auth-url", new SideUrl.Spelling("/"))
                .risk(Risk.HIGH)
                .text(
                    "The URL that is asked whether a request is let in: 2xx lets it in, 401 and 403"
                        + " are passed on, everything else is a 500."
                        + (isGlobal ? " For all Ingresses without an `auth-url`." : "")),
            isGlobal),
        place(
            Setting.oneOf(prefix + "auth-method", Method.class)
                .text("The method of the question; GET where it is not set."),
            isGlobal),
        place(
            Setting.of(prefix + "auth-signin", TemplateGrammar.ADDRESS)
                .risk(Risk.HIGH)
                .text("Where a client is sent (302) instead of a 401, with the way back."),
            isGlobal),
        place(
            Setting.text(
                    prefix + "auth-signin-redirect-param",
                    PARAMETER,
                    LONGEST_PARAMETER,
                    "name of an argument")
                .defaultsTo("rd")
                .risk(Risk.MEDIUM)
                .text("The argument that tells the page to sign in at of the way back."),
            isGlobal),
        place(
            Setting.headerNames(prefix + "auth-response-headers")
                .defaultsTo(List.of())
                .risk(Risk.MEDIUM)
                .text(
                    "Fields of the answer that the upstream gets in place of the client's; those"
                        + " that the answer has not are taken out."),
            isGlobal),
        place(
            Setting.of(prefix + "auth-request-redirect", TemplateGrammar.WAY_BACK)
                .risk(Risk.MEDIUM)
                .text(
                    "Value of `X-Auth-Request-Redirect` in the question; the request's own URI"
                        + " where it is not set."),
            isGlobal),
        place(
            Setting.bool(prefix + "auth-always-set-cookie")
                .defaultsTo(false)
                .text(
                    "Passes cookies of the answer to the client whatever the status, rather than"
                        + " with 200, 201, 204, 206, 301, 302, 303, 304, 307 and 308."),
            isGlobal),
        place(
            Setting.of(prefix + "auth-cache-key", TemplateGrammar.KEY)
                .risk(Risk.MEDIUM)
                .text(
                    "Keeps answers, of each route by itself, for requests that are equal in this"
                        + " text; where all its variables are empty, none is kept."),
            isGlobal),
        place(
            Setting.of(prefix + "auth-cache-duration", new CacheTimes.Spelling())
                .defaultsTo(CacheTimes.USUAL)
                .risk(Risk.MEDIUM)
                .text(
                    "How long answers are kept, by their status. `Cache-Control` of the answer is"
                        + " stronger; one that sets a cookie is never kept."),
            isGlobal));
  }

  private static <T> Setting<T> place(Setting<T> setting, boolean isGlobal) {
    Setting<T> guard = setting.guard();
    return isGlobal ? guard.unlessEmpty().risk(Risk.LOW) : guard;
  }

  List<Setting<?>> all() {
    return List.of(
        url,
        method,
        signin,
        signinParam,
        responseHeaders,
        requestRedirect,
        alwaysSetCookie,
        cacheKey,
        cacheDuration);
  }
}
