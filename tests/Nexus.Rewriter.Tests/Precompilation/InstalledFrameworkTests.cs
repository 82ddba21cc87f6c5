namespace Nexus.Rewriter.Tests.Precompilation;

[TestClass]
public sealed class InstalledFrameworkTests
{
    private const string Core = "Microsoft.NETCore.App";
    private const string Web = "Microsoft.AspNetCore.App";

    [TestMethod]
    [DataRow("10.0.0", "Minor", "10.0.12")]
    [DataRow("10.0.0", "LatestMinor", "10.1.2")]
    [DataRow("10.1.0", "Minor", "10.1.2")]
    [DataRow("8.0.0", "LatestMajor", "10.1.2")]
    [DataRow("9.0.0", "Major", "10.0.12")]
    [DataRow("8.0.0", "Minor", null)]
    [DataRow("10.2.0", "Minor", null)]
    public void Resolve_InstalledVersions_ChoosesAsTheHostDoes(string wanted, string rollForward, string? expected)
    {
        using var temp = new TempFolder();
        Install(temp, Core, "8.0.1", "10.0.3", "10.0.12", "10.1.2");
        var config = Write(temp, $$"""{"rollForward":"{{rollForward}}","framework":{"name":"{{Core}}","version":"{{wanted}}"} }""");

        var found = InstalledFramework.Resolve(config, temp["dotnet"], major: 10).Select(Path.GetFileName);

        // The core framework is always among the references; a function of an older generation is compiled for by nobody.
        if (expected is null)
            Assert.IsEmpty(found);
        else
            Assert.Contains(expected, found);
    }

    [TestMethod]
    public void Resolve_WebApplication_FindsBothFrameworks()
    {
        using var temp = new TempFolder();
        Install(temp, Core, "10.0.12");
        Install(temp, Web, "10.0.12");
        var config = Write(temp, $$"""{"frameworks":[{"name":"{{Core}}","version":"10.0.0"},{"name":"{{Web}}","version":"10.0.0"}]}""");

        Assert.HasCount(2, InstalledFramework.Resolve(config, temp["dotnet"], major: 10));
    }

    [TestMethod]
    [DataRow("""{"includedFrameworks":[{"name":"Microsoft.NETCore.App","version":"10.0.12"}]}""")]
    [DataRow("""{"framework":{"name":"Somebody.Else.App","version":"1.0.0"}}""")]
    [DataRow("""{"framework":{"name":"Microsoft.NETCore.App","version":"ten"}}""")]
    public void Resolve_WhatCannotBeCompiledFor_FindsNothing(string options)
    {
        using var temp = new TempFolder();
        Install(temp, Core, "10.0.12");

        Assert.IsEmpty(InstalledFramework.Resolve(Write(temp, options), temp["dotnet"], major: 10));
    }

    private static void Install(TempFolder temp, string name, params string[] versions)
    {
        foreach (var version in versions)
            Directory.CreateDirectory(Path.Combine(temp["dotnet"], "shared", name, version));
    }

    private static string Write(TempFolder temp, string options)
    {
        File.WriteAllText(temp["app.runtimeconfig.json"], $$"""{"runtimeOptions":{{options}} }""");
        return temp["app.runtimeconfig.json"];
    }
}
