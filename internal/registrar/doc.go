// Package registrar is the registrar and location service of the users'
// telephones: it issues the credentials with which they register with us, and
// keeps the bindings that they make. It counts wrong passwords. RFC 3261 §10; RFC
// 5626 where it tells one telephone from another; RFC 8760 for the hashes of
// passwords.
package registrar
