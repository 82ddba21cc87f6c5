extern alias rewriter;

using Nexus.Backend.Aws;
using Nexus.Backend.Executors.Aws;
using Nexus.Backend.Executors.Grpc;
using Nexus.Backend.Executors.Http;
using Nexus.Backend.Ingress;
using Nexus.Backend.Instances;
using Nexus.Backend.Sandbox;
using Nexus.Channel;
using Nexus.Diagnostics;
using Nexus.Guest.AspNetCore;
using Nexus.Guest.Aws;
using Nexus.Guest.Grpc;
using Nexus.Guest.Host;
using Nexus.Guest.Http;
using Nexus.Vmm;
using rewriter::Nexus.Rewriter;

namespace Nexus.Cli;

/// <summary>Every diagnostic of every area, in the order of their ids.</summary>
internal static class DiagnosticCatalogue
{
    public static IReadOnlyList<Diagnostic> All { get; } =
    [
        .. CliDiagnostics
            .All.Concat(RewriterDiagnostics.All.Select(static d => new Diagnostic(d.Id, d.Title, d.Cause, d.NextStep)))
            .Concat(SandboxDiagnostics.All)
            .Concat(InstanceDiagnostics.All)
            .Concat(HostDiagnostics.All)
            .Concat(AwsDiagnostics.All)
            .Concat(AwsCallDiagnostics.All)
            .Concat(AwsStubDiagnostics.All)
            .Concat(GrpcDiagnostics.All)
            .Concat(GrpcStubDiagnostics.All)
            .Concat(IngressDiagnostics.All)
            .Concat(ServerDiagnostics.All)
            .Concat(ChannelDiagnostics.All)
            .Concat(HttpStubDiagnostics.All)
            .Concat(HttpCallDiagnostics.All)
            .Concat(VmmDiagnostics.All)
            .OrderBy(static diagnostic => diagnostic.Id, StringComparer.Ordinal),
    ];

    /// <param name="id"><c>NEXUS0001</c>; also in small letters or only the number.</param>
    /// <exception cref="NexusException">NEXUS0015.</exception>
    public static Diagnostic Find(string id)
    {
        var full = int.TryParse(id, out var number) ? $"NEXUS{number:D4}" : id;
        return All.FirstOrDefault(diagnostic => diagnostic.Id.Equals(full, StringComparison.OrdinalIgnoreCase))
            ?? throw CliDiagnostics.UnknownId.With(
                $"{id}; the nearest is {NearestText.To(full, All.Select(static diagnostic => diagnostic.Id))}"
            );
    }
}
