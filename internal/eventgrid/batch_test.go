package eventgrid

import "testing"

// TestBatchesAreAskedFor: either member turns batching on; the SDKs' defaults do
// not.
func TestBatchesAreAskedFor(t *testing.T) {
	cases := []struct {
		name, properties string
		want             Batch
	}{
		{"nothing said", `"endpointUrl":"http://a/"`, Batch{}},
		{"the SDKs' defaults", `"endpointUrl":"http://a/","maxEventsPerBatch":1,"preferredBatchSizeInKilobytes":64`, Batch{}},
		{"by count", `"endpointUrl":"http://a/","maxEventsPerBatch":10`, Batch{10, 64}},
		{"by size", `"endpointUrl":"http://a/","preferredBatchSizeInKilobytes":128`, Batch{5000, 128}},
		{"by both", `"endpointUrl":"http://a/","maxEventsPerBatch":5000,"preferredBatchSizeInKilobytes":1024`, Batch{5000, 1024}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := ask(t, `{"destination":{"endpointType":"WebHook","properties":{`+c.properties+`}}}`).settings(rules{now: testNow})
			if err != nil || got.Batch != c.want {
				t.Errorf("got %+v, %v", got.Batch, err)
			}
		})
	}
}

// TestBatchOfOneLooksLikeABatch: the body is an array whatever the schema.
func TestBatchOfOneLooksLikeABatch(t *testing.T) {
	several := &subscriber{batch: Batch{10, 64}.of("A")}
	alone := &subscriber{}
	for body, want := range map[string]string{`{"a":1}`: `[{"a":1}]`, `[{"a":1}]`: `[{"a":1}]`} {
		if got := string(several.batched([]byte(body))); got != want {
			t.Errorf("%s becomes %s", body, got)
		}
		if got := string(alone.batched([]byte(body))); got != body {
			t.Errorf("without batches %s becomes %s", body, got)
		}
	}
}

func TestDeadLettersNeedAStorageAccount(t *testing.T) {
	with := rules{now: testNow, deadLetter: func(account, container string) (string, error) { return account + "/" + container, nil }}
	dead := func(properties string) string {
		return webhook(`,"deadLetterDestination":{"endpointType":"StorageBlob","properties":{` + properties + `}}`)
	}
	got, err := ask(t, dead(`"resourceId":"/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/acct","blobContainerName":"dead"`)).settings(with)
	if err != nil || got.DeadLetter.URL != "acct/dead" {
		t.Fatalf("got %+v, %v", got.DeadLetter, err)
	}
	if off, err := ask(t, `{"deadLetterDestination":null}`).onto(got, with); err != nil || off.DeadLetter != (DeadLetter{}) {
		t.Errorf("null gives %+v, %v", off.DeadLetter, err)
	}
	if kept, err := ask(t, `{"labels":["a"]}`).onto(got, with); err != nil || kept.DeadLetter != got.DeadLetter {
		t.Errorf("another update gives %+v, %v", kept.DeadLetter, err)
	}
	if _, err := ask(t, dead(`"resourceId":"acct","blobContainerName":"dead"`)).settings(with); err == nil {
		t.Error("an id that names no account was accepted")
	}
}
