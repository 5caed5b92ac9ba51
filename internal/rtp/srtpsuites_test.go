package rtp

import (
	"testing"

	"github.com/switchhook/switchhook/internal/sdp"
)

// longKey is a master key, and salt, for suites that need more than standardKey has.
func longKey(t testing.TB) (k sdp.Key) {
	copy(k[:], unhex(t, "e1f97a0d3e018be0d64fa32c06de4139 0ec675ad498afeebb6960b3aabe6 000102030405060708090a0b0c0d0e0f"))
	return k
}

// protectedPackets are what another implementation, pion/srtp, makes of the packets of
// protected and protectedRTCP, in their order, under longKey.
type protectedPackets struct{ rtp, rtcp []string }

var protectedBySuite = map[sdp.Suite]protectedPackets{
	sdp.AES256SHA32: {
		rtp: []string{
			"800f1234decafbadcafebabe535f78a0c512f311995621174a9cc490badf5edb",
			"b10fffffdecafbadcafebabe00000007bede000110ff0000a53effd1c8a5b033d50def3a493d2643e771292ce39a4e38398d3b1d3054",
			"800f0000decafbadcafebabe7309c069a67b94eb54033be1ab67947d344c86f8",
		},
		rtcp: []string{
			"80c90001cafebabe80000001b6c90c09598758d01f02",
			"81c90007cafebabe3b7e652dc5e4ddd1cb1422e178bfb981cc30a9f1f357eba9d2e571d197ce6fc420e08484800000028ae74c1f289657ac7933",
		},
	},
	sdp.AES128GCM: {
		rtp: []string{
			"800f1234decafbadcafebabe0eca0cf95ee955b26cd3d288b49f6ca959171450975f4144da9cdd7ae989a277",
			"b10fffffdecafbadcafebabe00000007bede000110ff00009ac1ef8077b83986c919388f6aa60fe4a0a380afb1cd0c63ff8fc1310d05d45e318e4c28615de1e68d2c",
			"800f0000decafbadcafebabe84438743da5ca97253c8ea9c900c654aad5eedf195961df0a3938bb1b0960539",
		},
		rtcp: []string{
			"80c90001cafebabe597ca6c647ff5685b057636cbb2c485580000001",
			"81c90007cafebabee5fab168402f51d3d631598a759562b5303aba71dd307e28b619c46b6404f8595064215e40a2db17a43fd73086c412794b194e9380000002",
		},
	},
	sdp.AES256GCM: {
		rtp: []string{
			"800f1234decafbadcafebabedc334a8ab19216c3c5a47d4942fbdd3b0e2528e6c15ea9ff45afe65cc25f5cc3",
			"b10fffffdecafbadcafebabe00000007bede000110ff0000807ddeb6613368132cbc59048d8d3b4191fa0cf7253aa239dda91e8108294690851fab2f4d7dab11a6b1",
			"800f0000decafbadcafebabe0f9fc1a906b24597809ffd3c25b701dc759f62a1437da8807171995ee917d4d5",
		},
		rtcp: []string{
			"80c90001cafebabe19664866366ecaf003d2119a6a70684580000001",
			"81c90007cafebabe91bacec5ae84768b3a92f1cad0777fd8797af72e04fcd0de0e42dd53917c7ef4cc7306dd7c0ce1934c9d90ebbecd72787866e93180000002",
		},
	},
	sdp.AES256SHA80: {
		rtp: []string{
			"800f1234decafbadcafebabe535f78a0c512f311995621174a9cc490badf5edb71943923a32c",
			"b10fffffdecafbadcafebabe00000007bede000110ff0000a53effd1c8a5b033d50def3a493d2643e771292ce39a4e38398d3b1d305478a8b0dd5690",
			"800f0000decafbadcafebabe7309c069a67b94eb54033be1ab67947d344c86f8eed381c04fab",
		},
		rtcp: []string{
			"80c90001cafebabe80000001b6c90c09598758d01f02",
			"81c90007cafebabe3b7e652dc5e4ddd1cb1422e178bfb981cc30a9f1f357eba9d2e571d197ce6fc420e08484800000028ae74c1f289657ac7933",
		},
	},
}

// protectedUnder is that of a suite, with the key.
func protectedUnder(t testing.TB, suite sdp.Suite) (made protectedPackets, key sdp.Key) {
	t.Helper()
	switch suite { // the same under another name
	case sdp.CM256SHA80:
		suite = sdp.AES256SHA80
	case sdp.CM256SHA32:
		suite = sdp.AES256SHA32
	}
	if made, ok := protectedBySuite[suite]; ok {
		return made, longKey(t)
	}
	cut := 2 * (fullTag - tagSizeOf(suite, labelCipher)) // the short tag is the long one's beginning
	for _, test := range protected {
		made.rtp = append(made.rtp, test.full[:len(test.full)-cut])
	}
	for _, test := range protectedRTCP {
		made.rtcp = append(made.rtcp, test.full)
	}
	return made, standardKey(t)
}
