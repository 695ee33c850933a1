package dev.lintel.corpus.client;

import dev.lintel.corpus.client.Handshake.EarlyData;
import dev.lintel.corpus.client.TlsRecords.Opened;
import dev.lintel.tls.TestAuthority.Issued;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import javax.crypto.KeyAgreement;
import org.jspecify.annotations.Nullable;

/// A client of TLS 1.3 that offers a session under whatever server name it is told to, and sends
/// data before it is answered: the JDK's names the host that a session was made with, and has no
/// early data. It speaks one cipher and one group, and trusts anybody.
public final class HandmadeTls implements Closeable {
  private static final int PATIENCE_MILLIS = 8_000;

  private static final int SERVER_HELLO = 2;
  private static final int NEW_SESSION = 4;
  private static final int END_OF_EARLY_DATA = 5;
  private static final int ENCRYPTED_EXTENSIONS = 8;
  private static final int CERTIFICATE = 11;
  private static final int CERTIFICATE_REQUEST = 13;
  private static final int CERTIFICATE_VERIFY = 15;
  private static final int FINISHED = 20;

  private static final String SIGNED = " ".repeat(64) + "TLS 1.3, client CertificateVerify\0";

  private final Socket socket;
  private final TlsRecords records;
  private final @Nullable Issued certificate;
  private final @Nullable TlsSession offered;
  private final ByteArrayOutputStream transcript = new ByteArrayOutputStream();
  private final ByteArrayOutputStream messages = new ByteArrayOutputStream();
  private final ByteArrayOutputStream unread = new ByteArrayOutputStream();
  private byte[] secret;
  private byte[] resumption = {};
  private @Nullable String protocol;
  private @Nullable TlsSession session;
  private byte @Nullable [] requestContext;
  private boolean resumed;
  private EarlyData earlyData = EarlyData.NONE;

  private HandmadeTls(
      Socket socket, @Nullable Issued certificate, @Nullable TlsSession offered, String early)
      throws IOException {
    this.socket = socket;
    this.records = new TlsRecords(socket.getInputStream(), socket.getOutputStream());
    this.certificate = certificate;
    this.offered = offered;
    this.secret = TlsSecrets.early(offered == null ? new byte[0] : offered.key());
    if (!early.isEmpty()) {
      earlyData =
          offered != null && offered.earlyBytes() > 0 ? EarlyData.PROMISED : EarlyData.REFUSED;
    }
  }

  /// Connects to a port of this machine, for HTTP/1.1, and ends the handshake.
  ///
  /// @param host the server name
  /// @param certificate shown where one is asked for
  /// @param offered the session that is offered, whatever name it was made with
  /// @param early sent right behind the hello; may be empty, and is where no session is offered
  public static HandmadeTls open(
      int port,
      String host,
      @Nullable Issued certificate,
      @Nullable TlsSession offered,
      String early)
      throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(PATIENCE_MILLIS);
      HandmadeTls client = new HandmadeTls(socket, certificate, offered, early);
      client.shakeHands(host, early);
      return client;
    } catch (GeneralSecurityException e) {
      socket.close();
      throw new IOException(e);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private void shakeHands(String host, String early) throws IOException, GeneralSecurityException {
    KeyPair pair = KeyPairGenerator.getInstance("X25519").generateKeyPair();
    byte[] hello = Tls13Hello.of(host, pair.getPublic(), offered, !early.isEmpty());
    transcript.writeBytes(hello);
    records.write(TlsRecords.HANDSHAKE, hello);
    if (!early.isEmpty()) {
      records.writeUnder(derive("c e traffic"));
      records.write(TlsRecords.DATA, early.getBytes(StandardCharsets.ISO_8859_1));
    }
    byte[] share = shareOf(next(SERVER_HELLO));
    if (!resumed) {
      secret = TlsSecrets.early(new byte[0]);
    }
    secret = TlsSecrets.next(secret, agreed(pair, share));
    byte[] ours = derive("c hs traffic");
    byte[] theirs = derive("s hs traffic");
    records.readUnder(theirs);
    byte[] server;
    do {
      server = next(null);
      take(server);
    } while (server[0] != FINISHED);
    secret = TlsSecrets.next(secret, new byte[0]);
    byte[] ourData = derive("c ap traffic");
    byte[] theirData = derive("s ap traffic");
    if (earlyData == EarlyData.TAKEN) {
      say(Octets.message(END_OF_EARLY_DATA));
    }
    records.writeUnder(ours);
    if (requestContext != null) {
      introduce(requestContext);
    }
    say(Octets.message(FINISHED, TlsSecrets.proof(ours, transcript.toByteArray())));
    resumption = derive("res master");
    records.writeUnder(ourData);
    records.readUnder(theirData);
  }

  private byte[] derive(String label) {
    return TlsSecrets.derive(secret, label, transcript.toByteArray());
  }

  private void say(byte[] message) throws IOException {
    transcript.writeBytes(message);
    records.write(TlsRecords.HANDSHAKE, message);
  }

  /// The next message of the server, which becomes part of the transcript.
  private byte[] next(@Nullable Integer type) throws IOException {
    byte[] message;
    while ((message = whole()) == null) {
      Opened record = records.read();
      if (record.type() != TlsRecords.HANDSHAKE) {
        throw new IOException("a record of type " + record.type() + " within the handshake");
      }
      messages.writeBytes(record.content());
    }
    if (type != null && message[0] != type) {
      throw new IOException("message " + message[0] + " rather than " + type);
    }
    transcript.writeBytes(message);
    return message;
  }

  /// The first of the messages that came, or null where it is not complete.
  private byte @Nullable [] whole() {
    byte[] all = messages.toByteArray();
    if (all.length < 4) {
      return null;
    }
    int length = 4 + (Octets.number(ByteBuffer.wrap(all), 4) & 0xffffff);
    if (all.length < length) {
      return null;
    }
    messages.reset();
    messages.write(all, length, all.length - length);
    return Arrays.copyOf(all, length);
  }

  private static ByteBuffer body(byte[] message) {
    return ByteBuffer.wrap(message, 4, message.length - 4);
  }

  private byte[] shareOf(byte[] serverHello) throws IOException {
    ByteBuffer in = body(serverHello);
    in.position(in.position() + 2 + TlsSecrets.LENGTH);
    Octets.vector(in, 1);
    int cipher = Octets.number(in, 2);
    in.get();
    byte[] share = {};
    ByteBuffer extensions = ByteBuffer.wrap(Octets.vector(in, 2));
    while (extensions.hasRemaining()) {
      int type = Octets.number(extensions, 2);
      byte[] content = Octets.vector(extensions, 2);
      if (type == Tls13Hello.PRE_SHARED_KEY) {
        resumed = true;
      } else if (type == Tls13Hello.KEY_SHARE && content.length > 4) {
        share = Arrays.copyOfRange(content, 4, content.length);
      }
    }
    if (cipher != Tls13Hello.AES_128_GCM_SHA256 || share.length == 0) {
      throw new IOException("a server that wants another hello, or another version");
    }
    return share;
  }

  private static byte[] agreed(KeyPair pair, byte[] share) throws GeneralSecurityException {
    KeyAgreement agreement = KeyAgreement.getInstance("X25519");
    agreement.init(pair.getPrivate());
    agreement.doPhase(Tls13Hello.key(share), true);
    return agreement.generateSecret();
  }

  private void take(byte[] message) throws IOException {
    switch (message[0]) {
      case ENCRYPTED_EXTENSIONS -> {
        ByteBuffer extensions = ByteBuffer.wrap(Octets.vector(body(message), 2));
        while (extensions.hasRemaining()) {
          int type = Octets.number(extensions, 2);
          byte[] content = Octets.vector(extensions, 2);
          if (type == Tls13Hello.ALPN) {
            protocol = new String(content, 3, content.length - 3, StandardCharsets.US_ASCII);
          } else if (type == Tls13Hello.EARLY_DATA) {
            earlyData = EarlyData.TAKEN;
          }
        }
      }
      case CERTIFICATE_REQUEST -> requestContext = Octets.vector(body(message), 1);
      case CERTIFICATE -> {
        if (resumed) {
          throw new IOException("a certificate in a session that was resumed");
        }
      }
      default -> {
        // Whether the server is who it says matters to nobody here.
      }
    }
  }

  private void introduce(byte[] context) throws IOException, GeneralSecurityException {
    byte[] list = {};
    if (certificate != null) {
      for (X509Certificate each : certificate.chain()) {
        list = Octets.of(list, Octets.vector(3, each.getEncoded()), Octets.vector(2));
      }
    }
    say(Octets.message(CERTIFICATE, Octets.vector(1, context), Octets.vector(3, list)));
    if (certificate != null) {
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(certificate.key());
      signature.update(SIGNED.getBytes(StandardCharsets.US_ASCII));
      signature.update(TlsSecrets.hash(transcript.toByteArray()));
      say(
          Octets.message(
              CERTIFICATE_VERIFY,
              Octets.number(2, Tls13Hello.ECDSA_SHA256),
              Octets.vector(2, signature.sign())));
    }
  }

  /// How the server met the hello.
  public Handshake handshake() {
    return new Handshake(null, null, protocol, resumed, earlyData);
  }

  /// Waits for the session that the server gives for later.
  public TlsSession awaitSession() throws IOException {
    while (session == null) {
      readOn();
    }
    return session;
  }

  /// Takes one more record.
  private void readOn() throws IOException {
    Opened record = records.read();
    if (record.type() == TlsRecords.DATA) {
      unread.writeBytes(record.content());
      return;
    }
    messages.writeBytes(record.content());
    byte[] message;
    while ((message = whole()) != null) {
      if (message[0] != NEW_SESSION) {
        throw new IOException("message " + message[0] + " behind the handshake");
      }
      session = sessionOf(body(message));
    }
  }

  private TlsSession sessionOf(ByteBuffer in) {
    Octets.number(in, 4); // its lifetime
    int ageMask = Octets.number(in, 4);
    byte[] nonce = Octets.vector(in, 1);
    byte[] ticket = Octets.vector(in, 2);
    long early = 0;
    ByteBuffer extensions = ByteBuffer.wrap(Octets.vector(in, 2));
    while (extensions.hasRemaining()) {
      int type = Octets.number(extensions, 2);
      ByteBuffer content = ByteBuffer.wrap(Octets.vector(extensions, 2));
      if (type == Tls13Hello.EARLY_DATA) {
        early = Octets.number(content, 4) & 0xffffffffL;
      }
    }
    byte[] key = TlsSecrets.expand(resumption, "resumption", nonce, TlsSecrets.LENGTH);
    return new TlsSession(ticket, key, ageMask, System.nanoTime(), early);
  }

  /// What the server sends. It is waited for without an end.
  public InputStream in() throws IOException {
    socket.setSoTimeout(0);
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] to, int at, int length) throws IOException {
        try {
          while (unread.size() == 0) {
            readOn();
          }
        } catch (EOFException _) {
          return -1;
        }
        byte[] all = unread.toByteArray();
        int count = Math.min(length, all.length);
        System.arraycopy(all, 0, to, at, count);
        unread.reset();
        unread.write(all, count, all.length - count);
        return count;
      }
    };
  }

  /// Sends to the server.
  public OutputStream out() {
    return new OutputStream() {
      @Override
      public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
      }

      @Override
      public void write(byte[] from, int at, int length) throws IOException {
        records.write(TlsRecords.DATA, Arrays.copyOfRange(from, at, at + length));
      }
    };
  }

  /// Says goodbye first: a server may drop the sessions of a connection that just breaks off.
  @Override
  public void close() throws IOException {
    try {
      records.write(TlsRecords.ALERT, new byte[] {1, 0});
    } catch (IOException _) {
      // It is gone already.
    } finally {
      socket.close();
    }
  }
}
