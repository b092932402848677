// A certified OpenID Connect provider (npm oidc-provider) for the tests, that can be told to send tokens that are wrong.
// Arguments: the port, the redirect address. Whoever signs in gets claims by what the login looks like.
import { createHash } from "node:crypto";
import { decodeJwt, exportJWK, generateKeyPair, SignJWT } from "jose";
import Provider from "oidc-provider";

const [port, back] = process.argv.slice(2);
const secret = "a secret of the tests, long enough for HS256";
const issuer = `http://127.0.0.1:${port}`;
const { privateKey } = await generateKeyPair("RS256", { extractable: true });
const stranger = (await generateKeyPair("RS256")).privateKey;
const jwk = { ...(await exportJWK(privateKey)), kid: "key", alg: "RS256", use: "sig" };

const claims = (login) => {
  const [kind, name] = login.split(":");
  if (kind === "verified") return { email: name, email_verified: true };
  if (kind === "unverified") return { email: name, email_verified: false };
  return { preferred_username: login, email: "somebody.else@council.example", email_verified: true };
};

const provider = new Provider(issuer, {
  clients: [{ client_id: "priorities", client_secret: secret, redirect_uris: [back] }],
  jwks: { keys: [jwk] },
  claims: { openid: ["sub"], profile: ["preferred_username"], email: ["email", "email_verified"] },
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  ttl: { AuthorizationCode: 5 },
  cookies: { keys: ["a key of the tests"] },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: createHash("sha256").update(id).digest("hex"), ...claims(id) }),
  }),
});

const signed = (payload, key, header = { alg: "RS256", kid: "key" }) =>
  new SignJWT(payload).setProtectedHeader(header).sign(key);
const encoded = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const now = () => Math.floor(Date.now() / 1000);

const wrong = {
  "another key": (token) => signed(decodeJwt(token), stranger),
  "another name": (token) => {
    const [header, , signature] = token.split(".");
    return [header, encoded({ ...decodeJwt(token), preferred_username: "bob@council.example" }), signature].join(".");
  },
  "not signed": (token) => `${encoded({ alg: "none" })}.${encoded(decodeJwt(token))}.`,
  "signed with the secret": (token) =>
    signed(decodeJwt(token), new TextEncoder().encode(secret), { alg: "HS256", kid: "key" }),
  "another nonce": (token) => signed({ ...decodeJwt(token), nonce: "another" }, privateKey),
  "no nonce": (token) => signed({ ...decodeJwt(token), nonce: undefined }, privateKey),
  "another issuer": (token) => signed({ ...decodeJwt(token), iss: "https://login.evil.example" }, privateKey),
  "another audience": (token) => signed({ ...decodeJwt(token), aud: "another-service" }, privateKey),
  expired: (token) => signed({ ...decodeJwt(token), iat: now() - 7200, exp: now() - 3600 }, privateKey),
  "no token": () => undefined,
};

let how = "";
provider.use(async (context, next) => {
  if (context.path === "/tamper") {
    how = context.query.how ?? "";
    context.body = "";
    return;
  }
  await next();
  if (context.path === "/token" && context.body?.id_token && how) {
    context.body = { ...context.body, id_token: await wrong[how](context.body.id_token) };
  }
});

provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
