using Nexus.Backend.Ingress;

namespace Nexus.Cli.Configuration;

/// <summary>Makes a route from what the file says.</summary>
internal static class RouteReader
{
    /// <param name="position">Where it stands, for messages.</param>
    /// <param name="values">What was said.</param>
    /// <param name="functions">Names of all functions.</param>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0803 or NEXUS0807.</exception>
    public static IngressRoute Read(string position, SettingValues values, ICollection<string> functions)
    {
        if (values.Has("listen") == values.Has("port"))
        {
            throw IngressDiagnostics.RouteNotUsable.With($"the route at {position} needs either \"listen\" or \"port\"");
        }

        var function = values.Text("function");
        if (function.Length == 0)
        {
            throw IngressDiagnostics.RouteNotUsable.With($"the route at {position} has no \"function\"");
        }

        if (!functions.Contains(function))
        {
            throw IngressDiagnostics.UnknownRouteFunction.With(
                $"\"{function}\" at {position}; the nearest is \"{NearestText.To(function, functions)}\""
            );
        }

        return new IngressRoute
        {
            Listen = values.Has("port") ? $"http://127.0.0.1:{values.Integer("port")}" : values.Text("listen"),
            Host = values.Text("host"),
            Path = values.Text("path") is { Length: > 0 } path ? path : "/",
            Function = function,
            Protocols = values.Text("protocols"),
            Payload = values.Text("payload"),
            Certificate = values.Text("certificate"),
            CertificateKey = values.Text("certificateKey"),
            CertificatePassword = values.Text("certificatePassword"),
        };
    }
}
