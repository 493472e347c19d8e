# Warta behind Varnish 7 (Debian 12). Start Warta with
#   --purge-url http://127.0.0.1:6081/ --trusted-proxies 127.0.0.0/8
# and set here where Warta listens and who may purge.
vcl 4.1;

import std;

backend warta {
    .host = "127.0.0.1";
    .port = "8080";
    .max_connections = 500;
}

acl newsroom {
    "127.0.0.1";
    "::1";
}

sub vcl_recv {
    # What changed: Warta names the tags, and every page that carries one of them
    # is stale from here on.
    if (req.method == "PURGE") {
        if (client.ip !~ newsroom) {
            return (synth(403, "not from here"));
        }
        if (req.http.Surrogate-Key == "") {
            return (synth(400, "no Surrogate-Key"));
        }
        set req.http.X-Tags = regsuball(req.http.Surrogate-Key, "[][\\.^$|?*+(){}]", "\\\0");
        set req.http.X-Tags = regsuball(req.http.X-Tags, " +", "|");
        # A blank would end the expression, so \s stands for one.
        if (std.ban("obj.http.Surrogate-Key ~ (^|\s)(" + req.http.X-Tags + ")(\s|$)")) {
            return (synth(200, "purged"));
        }
        return (synth(500, std.ban_error()));
    }
    if (req.method != "GET" && req.method != "HEAD") {
        return (pass);
    }
    # Staff, readers' accounts, forms and single answers are nobody else's.
    if (req.url ~ "^/(newsroom|account|me)([/?]|$)" || req.http.Authorization || req.http.Range) {
        return (pass);
    }
    # Who has a class (a member) gets what Warta makes of it; nobody else's page
    # depends on a cookie.
    if (req.http.Cookie ~ "(^|; *)__Host-warta-(class|reader)=") {
        return (pass);
    }
    unset req.http.Cookie;
    return (hash);
}

sub vcl_backend_response {
    # Stale pages are not served while a new one is made: what was withdrawn must
    # not come back. Warta itself serves what it has when its database is away.
    set beresp.grace = 0s;
    set beresp.keep = 1h; # for conditional requests to Warta
    if (beresp.http.Cache-Control ~ "private|no-store" || beresp.http.Set-Cookie || beresp.ttl <= 0s) {
        set beresp.uncacheable = true;
        set beresp.ttl = 5s;
        return (deliver);
    }
}

sub vcl_deliver {
    # Readers and caches beyond this one ask again: they are not told of changes.
    set resp.http.Cache-Control = regsub(resp.http.Cache-Control, ", *s-maxage=[0-9]+", "");
    unset resp.http.Surrogate-Key;
    unset resp.http.Age;
}
