package running_test

import (
	"testing"

	"github.com/earshot/earshot/internal/running"
)

func TestAChildIsFoundAndKilled(t *testing.T) {
	p, err := running.Start(t.Context(), options(t))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Stop()
	sizes, err := p.Resident()
	if err != nil || len(sizes) != 2 || sizes["serve"] == 0 || sizes["monitor"] == 0 {
		t.Errorf("Resident: %v, %v; want serve and monitor", sizes, err)
	}
	if killed, err := p.Kill("receive"); killed || err != nil {
		t.Errorf("Kill of a child that there is not: %v, %v", killed, err)
	}
	if killed, err := p.Kill("monitor"); !killed || err != nil {
		t.Errorf("Kill: %v, %v", killed, err)
	}
	for killed := true; killed; { // until it is gone
		if killed, err = p.Kill("monitor"); err != nil {
			t.Fatal(err)
		}
	}
}
