// Inside the namespace Nexus.Guest.Grpc the name Grpc means that one; the library's own names come from here.
global using Grpc.Core;
