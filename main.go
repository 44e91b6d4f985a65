// Telaah runs an organisation's performance appraisal cycles, from target setting to training plan.
package main

import (
	"os"

	"github.com/marelan/telaah/internal/cli"
)

// version is set when the binary is built.
var version = "unknown"

func main() { os.Exit(cli.Main(version)) }
