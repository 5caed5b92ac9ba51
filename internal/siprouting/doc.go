// Package siprouting is the API of trunks and routes: which session border
// controllers there are, and which of them take a number. It obeys Azure's SIP
// routing API of 2023-03-01 and what its preview of 2024-11-15 adds; codes of
// refusals are those that Azure's SDKs have recorded.
//
// It owns what the API has changed, and drives trunk.Table by it. Trunks and
// routes of the configuration file are in force until the API changes either;
// settings that the API has no field for stay in the file, by the trunk's name.
package siprouting
