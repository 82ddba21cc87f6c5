using System.Xml.Linq;

namespace Nexus.Architecture.Tests.Tree;

/// <summary>What a project file of the repository refers to.</summary>
internal sealed class ProjectFile
{
    private readonly string _folder;
    private readonly XDocument _document;

    public ProjectFile(SourceFile file)
    {
        Path = file.Path;
        _folder = file.Path.Contains('/') ? file.Path[..file.Path.LastIndexOf('/')] : "";
        _document = XDocument.Parse(file.Text);
    }

    public string Path { get; }

    /// <summary>Projects whose assembly is referenced; order-only references do not count.</summary>
    public IEnumerable<string> ProjectReferences =>
        Items("ProjectReference").Where(e => Metadata(e, "ReferenceOutputAssembly") != "false").Select(Include).Select(Resolve);

    public IEnumerable<string> PackageReferences => Items("PackageReference").Select(Include);

    /// <summary>Sources compiled from outside the project's own folder.</summary>
    public IEnumerable<string> LinkedSources =>
        Items("Compile").Select(Include).Select(Resolve).Where(p => !p.StartsWith(_folder + "/", StringComparison.Ordinal));

    public static IEnumerable<ProjectFile> AllIn(IEnumerable<SourceFile> tree) =>
        tree.Where(f => f.HasExtension(".csproj") || f.HasExtension(".fsproj")).Select(f => new ProjectFile(f));

    private static string Include(XElement item) => (string?)item.Attribute("Include") ?? "";

    private static string? Metadata(XElement item, string name) =>
        ((string?)item.Attribute(name) ?? (string?)item.Element(item.Name.Namespace + name))?.ToLowerInvariant();

    private IEnumerable<XElement> Items(string name) =>
        _document.Descendants().Where(e => e.Name.LocalName == name && Include(e).Length > 0);

    private string Resolve(string include)
    {
        var parts = new List<string>(_folder.Split('/', StringSplitOptions.RemoveEmptyEntries));
        foreach (var part in include.Replace('\\', '/').Replace("$(MSBuildThisFileDirectory)", "", StringComparison.Ordinal).Split('/'))
        {
            if (part == ".." && parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part is not ("" or "." or ".."))
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }
}
