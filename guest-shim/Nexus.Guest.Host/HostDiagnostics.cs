using Nexus.Diagnostics;

namespace Nexus.Guest.Host;

/// <summary>What can be wrong with a handler and its function package, ids 0300 to 0399.</summary>
public static class HostDiagnostics
{
    private const string Form = "The form is Assembly::Namespace.Type::Method, as in the function's configuration at AWS.";

    public static readonly Diagnostic HandlerMalformed = new(
        "NEXUS0300",
        "The handler string is not Assembly::Type::Method",
        "A class-library function is named by three parts separated by '::'. A part is empty or missing.",
        Form
    );

    public static readonly Diagnostic AssemblyNotFound = new(
        "NEXUS0301",
        "The handler's assembly is not in the function's folder",
        "The first part of the handler is an assembly name without '.dll'; no such assembly is in the deps.json or the folder.",
        "Correct the handler's first part, or publish the project that builds the assembly."
    );

    public static readonly Diagnostic AssemblyUnloadable = new(
        "NEXUS0302",
        "The handler's assembly cannot be loaded",
        "The file exists but the runtime refuses it: not a .NET assembly, damaged, or built for another runtime or processor.",
        "Publish the function again for net8.0 or later and linux-x64."
    );

    public static readonly Diagnostic TypeNotFound = new(
        "NEXUS0303",
        "The handler's type is not in its assembly",
        "The second part of the handler is the full name of a type with its namespace; nested types are written Outer+Inner.",
        "Correct the handler's second part."
    );

    public static readonly Diagnostic MethodNotFound = new(
        "NEXUS0304",
        "The handler's method is not in its type",
        "Neither the type nor its base types have a method of that name or signature; names are case-sensitive.",
        "Correct the handler's third part."
    );

    public static readonly Diagnostic MethodAmbiguous = new(
        "NEXUS0305",
        "The handler's method has overloads",
        "Several methods of the type have that name, and Lambda does not choose among them.",
        "Give the whole signature as the third part, for example 'System.String Handle(System.IO.Stream)', or rename a method."
    );

    public static readonly Diagnostic TypeGeneric = new(
        "NEXUS0306",
        "The handler's type is generic",
        "Lambda cannot know the type arguments.",
        "Derive a class that is not generic and name it in the handler; the method may stay in the generic base."
    );

    public static readonly Diagnostic TypeAbstract = new(
        "NEXUS0307",
        "The handler's type is abstract but its method is not static",
        "An instance is needed to call the method and none can be made.",
        "Name a derived type, or make the method static."
    );

    public static readonly Diagnostic TypeNotClassOrStruct = new(
        "NEXUS0308",
        "The handler's type is neither a class nor a struct",
        "Interfaces, enums and primitives cannot hold a handler.",
        "Name a class or a struct."
    );

    public static readonly Diagnostic MethodAbstract = new(
        "NEXUS0309",
        "The handler's method is abstract",
        "It has no body to call.",
        "Name a type that overrides it."
    );

    public static readonly Diagnostic MethodGeneric = new(
        "NEXUS0310",
        "The handler's method is generic",
        "Lambda cannot know the type arguments.",
        "Name a method that is not generic."
    );

    public static readonly Diagnostic MethodAsyncVoid = new(
        "NEXUS0311",
        "The handler's method is 'async void'",
        "Nobody could tell when it ends or whether it failed; Lambda refuses it.",
        "Return Task instead of void."
    );

    public static readonly Diagnostic MethodVariableArguments = new(
        "NEXUS0312",
        "The handler's method takes a variable number of arguments",
        "Lambda refuses 'params' and vararg methods as handlers.",
        "Take one input instead."
    );

    public static readonly Diagnostic MethodTooManyParameters = new(
        "NEXUS0313",
        "The handler's method has more than two parameters",
        "A handler takes at most the input and an ILambdaContext.",
        "Remove the other parameters."
    );

    public static readonly Diagnostic SecondParameterNotContext = new(
        "NEXUS0314",
        "The second parameter of the handler's method is not an ILambdaContext",
        "With two parameters, the second has to be Amazon.Lambda.Core.ILambdaContext.",
        "Change its type, or remove it."
    );

    public static readonly Diagnostic ParameterUnsupported = new(
        "NEXUS0315",
        "A parameter or result of the handler's method cannot be passed by value",
        "Types passed by reference, pointers and ref structs such as Span<T> cannot be read from an event.",
        "Use an ordinary type, or Stream for the raw bytes."
    );

    public static readonly Diagnostic SerializerMissingForInput = new(
        "NEXUS0316",
        "The handler takes something other than a Stream and no serializer is named",
        "Neither the method nor its assembly has a LambdaSerializer attribute.",
        "Add [assembly: LambdaSerializer(typeof(DefaultLambdaJsonSerializer))], or take a System.IO.Stream."
    );

    public static readonly Diagnostic SerializerMissingForOutput = new(
        "NEXUS0317",
        "The handler returns something other than a Stream and no serializer is named",
        "Neither the method nor its assembly has a LambdaSerializer attribute.",
        "Add [assembly: LambdaSerializer(typeof(DefaultLambdaJsonSerializer))], or return a System.IO.Stream."
    );

    public static readonly Diagnostic SerializerTypeNotSet = new(
        "NEXUS0318",
        "The LambdaSerializer attribute names no type",
        "Its SerializerType is null or missing.",
        "Name a type that implements Amazon.Lambda.Core.ILambdaSerializer."
    );

    public static readonly Diagnostic SerializerWithoutConstructor = new(
        "NEXUS0319",
        "The serializer has no public constructor without parameters",
        "Lambda makes the serializer itself and has nothing to pass to it.",
        "Add one that calls the other constructor with fixed values."
    );

    public static readonly Diagnostic SerializerNotASerializer = new(
        "NEXUS0320",
        "The serializer does not implement ILambdaSerializer",
        "The type named by the LambdaSerializer attribute has to implement Amazon.Lambda.Core.ILambdaSerializer.",
        "Implement the interface, or name another type."
    );

    public static readonly Diagnostic TypeWithoutConstructor = new(
        "NEXUS0321",
        "The handler's type has no public constructor without parameters",
        "Lambda makes the instance itself and has nothing to pass to it.",
        "Add one, or make the handler static."
    );

    /// <summary>Every diagnostic of this area, by id.</summary>
    public static IReadOnlyList<Diagnostic> All { get; } =
    [
        HandlerMalformed,
        AssemblyNotFound,
        AssemblyUnloadable,
        TypeNotFound,
        MethodNotFound,
        MethodAmbiguous,
        TypeGeneric,
        TypeAbstract,
        TypeNotClassOrStruct,
        MethodAbstract,
        MethodGeneric,
        MethodAsyncVoid,
        MethodVariableArguments,
        MethodTooManyParameters,
        SecondParameterNotContext,
        ParameterUnsupported,
        SerializerMissingForInput,
        SerializerMissingForOutput,
        SerializerTypeNotSet,
        SerializerWithoutConstructor,
        SerializerNotASerializer,
        TypeWithoutConstructor,
    ];
}
