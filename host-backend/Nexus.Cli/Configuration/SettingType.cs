namespace Nexus.Cli.Configuration;

/// <summary>What a setting holds, and as which .NET type.</summary>
internal enum SettingType
{
    /// <summary><see cref="string"/>.</summary>
    Text,

    /// <summary>Absolute path as <see cref="string"/>.</summary>
    Path,

    /// <summary>Absolute http or https address as <see cref="string"/>.</summary>
    Address,

    /// <summary>One of a few <see cref="string"/>s.</summary>
    Choice,

    /// <summary><see cref="int"/>.</summary>
    Integer,

    /// <summary><see cref="double"/>.</summary>
    Number,

    /// <summary><see cref="bool"/>.</summary>
    Flag,

    /// <summary>Array of <see cref="string"/>.</summary>
    TextList,

    /// <summary>Array of <see cref="int"/>.</summary>
    IntegerList,

    /// <summary><see cref="Dictionary{TKey, TValue}"/> of names and texts.</summary>
    Variables,
}
