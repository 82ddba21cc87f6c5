namespace Nexus.Guest.Host.Lambda;

/// <summary>A handler string, <c>Assembly::Type::Method</c>, taken apart; blanks around the parts are ignored as Lambda does.</summary>
/// <param name="Assembly">Simple name of the assembly, without extension.</param>
/// <param name="Type">Full name of the type; nested types as <c>Outer+Inner</c>.</param>
/// <param name="Method">Name of the method, or its signature as <c>MethodInfo.ToString()</c> prints it.</param>
internal readonly record struct HandlerName(string Assembly, string Type, string Method)
{
    public static HandlerName Parse(string handler)
    {
        var parts = (handler ?? "").Split("::", 3, StringSplitOptions.TrimEntries);
        if (parts.Length != 3 || parts[0].Length == 0 || parts[1].Length == 0 || parts[2].Length == 0)
        {
            throw HostDiagnostics.HandlerMalformed.With($"'{handler}'");
        }
        return new HandlerName(parts[0], parts[1], parts[2]);
    }

    public override string ToString() => $"{Assembly}::{Type}::{Method}";
}
