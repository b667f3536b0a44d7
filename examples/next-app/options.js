const issuer = process.env.SEKISHO_URL;

/** Sign-in at Sekisho by OpenID Connect; `sub` is the person, the address may change. */
export const options = {
  providers: [
    {
      id: "sekisho",
      name: "Sekisho",
      type: "oauth",
      wellKnown: `${issuer}/.well-known/openid-configuration`,
      clientId: process.env.CLIENT_ID,
      clientSecret: process.env.CLIENT_SECRET,
      authorization: { params: { scope: "openid email" } },
      idToken: true,
      checks: ["pkce", "state", "nonce"],
      profile: ({ sub, email }) => ({ id: sub, email }),
    },
  ],
};
