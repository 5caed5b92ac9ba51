package config

import "testing"

func TestOriginsAreSites(t *testing.T) {
	for text, right := range map[string]bool{
		"https://phone.example": true, "http://localhost:3000/": true, "*": true,
		"phone.example": false, "https://phone.example/calls": false, "ws://phone.example": false, "https://": false,
	} {
		c := &checker{file: &configFile{}}
		list := c.origins(setting{name: "websocket-origins", list: []string{text}})
		if (c.err() == nil) != right || right != (len(list) == 1) {
			t.Errorf("%s: %v %v", text, list, c.err())
		}
	}
}
