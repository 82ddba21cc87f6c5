using Nexus.Architecture.Tests.Rules;

namespace Nexus.Architecture.Tests;

[TestClass]
public sealed class LayeringTests
{
    [TestMethod]
    public void Layering_Repository_Holds() => RuleAssert.HoldsInRepository(LayeringRule.Check);

    [TestMethod]
    [DataRow("guest-shim/Nexus.Channel/Nexus.Channel.csproj", "../Nexus.Guest/Nexus.Guest.csproj")]
    [DataRow("guest-shim/Nexus.Guest/Nexus.Guest.csproj", "../../host-backend/Nexus.Backend/Nexus.Backend.csproj")]
    [DataRow("host-backend/Nexus.Backend/Nexus.Backend.csproj", "..\\..\\rewriter\\Nexus.Rewriter\\Nexus.Rewriter.csproj")]
    [DataRow("host-backend/Nexus.Backend/Nexus.Backend.csproj", "../../guest-shim/Nexus.Guest/Nexus.Guest.csproj")]
    [DataRow("rewriter/Nexus.Rewriter/Nexus.Rewriter.csproj", "../../guest-shim/Nexus.Channel/Nexus.Channel.csproj")]
    [DataRow("vmm/Nexus.Vmm/Nexus.Vmm.csproj", "../../host-backend/Nexus.Backend/Nexus.Backend.csproj")]
    [DataRow("test-functions/Orders/Orders.csproj", "../../guest-shim/Nexus.Guest/Nexus.Guest.csproj")]
    public void Layering_ReferenceUpwards_IsFound(string project, string target) =>
        RuleAssert.Finds(1, LayeringRule.Check, RuleAssert.Project(project, $"""<ProjectReference Include="{target}" />"""));

    [TestMethod]
    public void Layering_ReferenceForBuildOrderOnly_IsAllowed() =>
        RuleAssert.Finds(
            0,
            LayeringRule.Check,
            RuleAssert.Project(
                "host-backend/Nexus.Cli/Nexus.Cli.csproj",
                """<ProjectReference Include="../../guest-shim/Nexus.Guest.Host/Nexus.Guest.Host.csproj" ReferenceOutputAssembly="false" />"""
            )
        );

    [TestMethod]
    public void Layering_LinkedSourceOfAnotherArea_IsFound() =>
        RuleAssert.Finds(
            1,
            LayeringRule.Check,
            RuleAssert.Project(
                "rewriter/Nexus.Rewriter/Nexus.Rewriter.csproj",
                """<Compile Include="../../guest-shim/Nexus.Channel/Ring.cs" />"""
            )
        );

    [TestMethod]
    [DataRow("guest-shim/Nexus.Channel/Nexus.Channel.csproj", "Mono.Cecil")]
    [DataRow("vmm/Nexus.Vmm/Nexus.Vmm.csproj", "AWSSDK.Core")]
    [DataRow("test-functions/Orders/Orders.csproj", "Nexus.Build")]
    public void Layering_ForbiddenPackage_IsFound(string project, string package) =>
        RuleAssert.Finds(1, LayeringRule.Check, RuleAssert.Project(project, $"""<PackageReference Include="{package}" />"""));

    [TestMethod]
    public void Solution_Repository_HoldsEveryProject() => RuleAssert.HoldsInRepository(SolutionRule.Check);

    [TestMethod]
    public void Solution_ProjectLeftOut_IsFound() =>
        RuleAssert.Finds(1, SolutionRule.Check, RuleAssert.Project("tests/Nexus.Lost.Tests/Nexus.Lost.Tests.csproj", ""));
}
