using Nexus.Backend.Sandbox;

namespace Nexus.Sandbox.Tests;

internal sealed record GuestResult(string Output, string Error, SandboxExit Exit);
