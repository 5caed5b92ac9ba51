package config

type authKeys struct {
	// OpenID Connect issuers. Their bearer tokens may use the APIs.
	OIDC []issuerKeys `yaml:"oidc"`
}

type issuerKeys struct {
	// URL of the issuer, https. The server reads its keys from /.well-known/openid-configuration below it.
	Issuer string `yaml:"issuer" type:"URL" absent:"required"`
	// Audience that tokens must have.
	Audience string `yaml:"audience" type:"text" absent:"https://communication.azure.com, as Azure's SDKs ask for"`
	// Whose tokens may use the APIs. A token needs one entry of one of the lists. Required, unless admin names somebody.
	Allow bearerKeys `yaml:"allow"`
	// Whose tokens may also use the administration: /admin and the paths of Azure Resource Manager.
	Admin bearerKeys `yaml:"admin"`
	// Whose tokens may look at calls (/admin/insight) and do nothing else. Who signs in to the console so looks at all of it, and changes nothing.
	Read bearerKeys `yaml:"read"`
	// This server's registration at the issuer. With it, people whom admin or read names sign in to the console by the issuer's page.
	Console clientKeys `yaml:"console"`
}

type clientKeys struct {
	// Client id. Its redirect URI is https://HOST/console/oidc, with each name of public-host.
	ID string `yaml:"client-id" type:"text" absent:"nobody signs in to the console by the issuer"`
	// Client secret. A public client has none: every sign-in has PKCE.
	Secret string `yaml:"client-secret" type:"secret text"`
}

type bearerKeys struct {
	// Subjects of tokens (claim sub). A token needs one entry of one of the four lists. Who is in allow may use the APIs; in admin, also the administration (/admin and the paths of Azure Resource Manager); in read, may look at calls (/admin/insight) and, signed in, at the whole console.
	Subjects []string `yaml:"subjects" type:"list of texts"`
	// Users and service principals by their object id (claim oid).
	Objects []string `yaml:"objects" type:"list of texts"`
	// Applications by their client id (claim appid or azp).
	Applications []string `yaml:"applications" type:"list of texts"`
	// Roles of the application or user (claim roles).
	Roles []string `yaml:"roles" type:"list of texts"`
}
