namespace Nexus.Backend.Ingress.Servers;

/// <summary>A program failed after its response had begun. Thrown at Kestrel, which then ends the response as it would have ended the program's own.</summary>
internal sealed class ServedRequestFailedException() : Exception("The program failed after its response had begun.");
