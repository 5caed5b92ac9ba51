// Package registrar knows the telephones of users: the credentials that were
// issued for them, and where they have said that they can be reached. It owns
// both, and the account of wrong passwords. RFC 3261 §10; RFC 5626 where it
// tells one device from another; RFC 8760 for the hashes of passwords.
package registrar
