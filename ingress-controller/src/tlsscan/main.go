// A client of TLS that did not grow up with this proxy: what do two of its processes offer, and what do they refuse?
//
//	tlsscan CA HOST ADDRESS OTHER_ADDRESS
//
// Prints a line for each question, `ok` or `FAILED` in front; exit code 1 where one failed.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"time"
)

var (
	host    string
	address string
	failed  bool
)

func main() {
	pem, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	host, address = os.Args[2], os.Args[3]

	versions()
	ciphers()
	groups()
	chain(roots)
	tickets(os.Args[4])
	if failed {
		os.Exit(1)
	}
}

func say(fits bool, format string, args ...any) {
	word := "ok"
	if !fits {
		word, failed = "FAILED", true
	}
	fmt.Println(word + " " + fmt.Sprintf(format, args...))
}

// One handshake and one request: a ticket of TLS 1.3 comes after the handshake.
func connect(to string, config *tls.Config) (tls.ConnectionState, error) {
	config.ServerName = host
	dialer := &net.Dialer{Timeout: 10 * time.Second}
	conn, err := tls.DialWithDialer(dialer, "tcp", to, config)
	if err != nil {
		return tls.ConnectionState{}, err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", host)
	answer, err := io.ReadAll(conn)
	if err == nil && !strings.HasPrefix(string(answer), "HTTP/1.1 ") {
		err = fmt.Errorf("no answer but %q", answer)
	}
	return conn.ConnectionState(), err
}

func anyServer() *tls.Config {
	return &tls.Config{InsecureSkipVerify: true}
}

func versions() {
	for version, wanted := range map[uint16]bool{
		tls.VersionTLS10: false, tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true,
	} {
		config := anyServer()
		config.MinVersion, config.MaxVersion = version, version
		_, err := connect(address, config)
		say((err == nil) == wanted, "%s: %v", tls.VersionName(version), err)
	}
}

func ciphers() {
	var taken []string
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		if !slices.Contains(suite.SupportedVersions, uint16(tls.VersionTLS12)) {
			continue
		}
		config := anyServer()
		config.MaxVersion = tls.VersionTLS12
		config.CipherSuites = []uint16{suite.ID}
		if _, err := connect(address, config); err == nil {
			taken = append(taken, suite.Name)
		}
	}
	slices.Sort(taken)
	wanted := []string{
		"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
		"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
		"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
		"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
		"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
		"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
	}
	say(slices.Equal(taken, wanted), "ciphers of TLS 1.2: %s", strings.Join(taken, " "))
}

func groups() {
	for group, wanted := range map[tls.CurveID]bool{
		tls.X25519MLKEM768: true, tls.X25519: true, tls.CurveP256: true, tls.CurveP384: true, tls.CurveP521: false,
	} {
		config := anyServer()
		config.MinVersion = tls.VersionTLS13
		config.CurvePreferences = []tls.CurveID{group}
		state, err := connect(address, config)
		say((err == nil) == wanted && (!wanted || state.CurveID == group), "%s: %v", group, err)
	}
	state, err := connect(address, anyServer())
	say(err == nil && state.CurveID == tls.X25519MLKEM768, "a usual client gets %s", state.CurveID)
	// A client that prefers another group and sends no share for the hybrid one is asked for it.
	config := anyServer()
	config.CurvePreferences = []tls.CurveID{tls.CurveP384, tls.CurveP256}
	state, err = connect(address, config)
	say(err == nil, "a client without it gets %s", state.CurveID)
}

func chain(roots *x509.CertPool) {
	state, err := connect(address, &tls.Config{RootCAs: roots})
	say(err == nil && len(state.PeerCertificates) == 2, "chain of %d, verified: %v", len(state.PeerCertificates), err)
}

func tickets(other string) {
	for version, wanted := range map[uint16]bool{tls.VersionTLS12: false, tls.VersionTLS13: true} {
		config := anyServer()
		config.MaxVersion = version
		config.ClientSessionCache = tls.NewLRUClientSessionCache(4)
		first, err := connect(address, config.Clone())
		say(err == nil && !first.DidResume, "%s, first visit: %v", tls.VersionName(version), err)
		for _, to := range []string{address, other} {
			again, err := connect(to, config.Clone())
			say(err == nil && again.DidResume == wanted, "%s, resumed by ticket: %t", tls.VersionName(version), again.DidResume)
		}
	}
}
